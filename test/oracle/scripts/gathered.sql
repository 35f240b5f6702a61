-- rows
-- What routes and joins cannot answer: one server computes it over rows gathered from all shards.
select id, lag(id) over (order by id) l, lead(id) over (order by id) n from users order by id;
select id, row_number() over (order by age desc, id) rn from users order by rn;
select id, age, avg(age) over () from users order by id;
select product_id, amount, dense_rank() over (partition by product_id order by amount) dr from orders order by product_id, dr, amount;
select product_id, sum(amount), rank() over (order by sum(amount) desc) from orders group by product_id order by 3;
select * from (select id, age, ntile(4) over (order by id) q from users) t order by id;
select first_value(name) over (order by id), last_value(name) over (order by id rows between unbounded preceding and unbounded following) from users order by id limit 3;
select id, sum(age) over w, count(*) over w from users window w as (order by id rows 2 preceding) order by id;
select u.name, sum(o.amount) over (partition by o.product_id order by o.id) from users u join orders o on o.user_id = u.id order by o.product_id, o.id;
select id, row_number() over (partition by year(created) order by born) from users where age > 30 order by id;
select product_id, count(*) from orders group by product_id with rollup;
select product_id, qty, sum(amount) from orders group by product_id, qty with rollup;
select year(created_at) y, sum(amount) from orders group by y with rollup;
-- only mysql
select product_id, grouping(product_id) g, count(*) from orders group by product_id with rollup order by g, product_id;
-- only mysql
select u.name, count(o.id) over () c, group_concat(o.id order by o.id) from users u join orders o on o.user_id = u.id group by u.id order by u.id;
-- only mysql
select u.name, any_value(o.id), std(o.amount) from users u join orders o on o.user_id = u.id group by u.name order by u.name limit 0;
-- only mariadb
select name, count(*), std(age) from users group by age;
select id from users where id > all (select qty from orders where user_id = 19) order by id;
select id from users where age > any (select qty * 10 from orders where product_id = 1) order by id;
select id from users where id <> all (select product_id from orders where product_id is not null) order by id;
select id from users where id = some (select user_id from orders where amount > 400) order by id;
select user_id from orders intersect all select id from users order by user_id;
select id from users where id < 5 except select 3 order by id;
(select id from users where id < 8 except select user_id from orders) union all select 100 order by id desc;
select * from users natural join products order by id;
select id, name from users natural left join products order by id;
select * from orders natural join tags order by user_id, id, tag;
select * from users u join orders o using (id) order by id limit 2;
with recursive r(id, lvl) as (select id, 1 from users where id = 1 union all select u.id, r.lvl + 1 from users u join r on u.id = r.id + 1 where r.lvl < 4) select * from r order by id;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select n.i, u.name from n left join users u on u.id = n.i order by n.i;
-- only mysql
select u.id, x.m from users u, lateral (select max(amount) m from orders o where o.user_id = u.id) x order by u.id;
-- only mysql
values row(1, 2), row(3, 4);
select std(age), variance(age), stddev_samp(age), var_samp(age) from users where id in (1, 2, 3);
select std(age), variance(age) from users;
select bit_and(id), bit_or(id), bit_xor(id) from users;
select group_concat(id order by id separator '-') from users where id < 5;
select group_concat(distinct product_id order by product_id) from orders;
select u.age div 10 * 10 as decade, group_concat(u.name order by u.name) from users u group by u.age div 10 * 10 order by decade;
select count(distinct user_id), count(distinct product_id), avg(distinct qty) from orders;
select product_id, count(distinct qty), count(distinct user_id) from orders group by product_id order by product_id;
select u.id from users u where (u.id, u.age) in (select user_id, qty + 30 from orders) order by u.id;
select u.id from users u where (u.id, u.age - 30) not in (select user_id, qty from orders where product_id is not null) order by u.id;
-- Every type of column travels.
insert into kinds (id, t, s, m, i, b, f, d, n, da, ti, dt, ye, c, v, bi, vb, bl, tx) values (1, -1, 2, -3, 4, 18446744073709551615, 1.1, 2.2e30, 3.3, '2024-02-29', '-12:00:01', '2024-02-29 23:59:59.999', 1999, 'ab', 'AB', 'ab', x'00ff27', x'0102', 'quote \' " \\ \n end');
insert into kinds (id, t, s, m, i, b, f, d, n, da, ti, dt, ye, c, v, bi, vb, bl, tx) values (2, 1, 3, -3, 5, 0, 16777217, -0.0, -99999.123456, '1000-01-01', '838:59:59', '1000-01-01', 2000, 'AB', 'áb', '', '', '', '😀'), (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
select id, t, s, m, i, b, d, n, da, ti, dt, ye, c, v, hex(bi), hex(vb), hex(bl), tx, row_number() over (order by id) from kinds order by id;
select id, f, f = 1.1, f > 16777216, rank() over (order by f) from kinds order by id;
select bl, vb, count(distinct c), count(distinct v) from kinds group by bl, vb order by bl;
select count(distinct t), count(distinct b), count(distinct da), count(distinct ti), count(distinct c), count(distinct v), count(distinct bi) from kinds;
insert into kinds (id, e, st, bt, j) values (4, 'red', 'a,c', b'101', '{"a": [1, null, "x"]}'), (5, 'blue', '', 511, '[]'), (6, 'green', 'b', 0, 'null'), (7, 'green', 'c', null, '"s"');
-- only mysql
select id, e, st, j, row_number() over (order by e, id) from kinds order by e, id;
-- only mysql
select count(distinct e), count(distinct st), count(distinct j) from kinds;
select e, count(*) from kinds group by e order by e;
begin;
update users set age = 1 where id in (1, 2, 3);
select age, count(distinct name), count(distinct email) from users group by age order by age;
rollback;
prepare s from 'select id, rank() over (order by age) r from users where age > ? order by r, id';
set @a = 40;
execute s using @a;
set @a = 60;
execute s using @a;
deallocate prepare s;
-- An ENUM or SET whose text is all that is asked of it travels as text.
insert into kinds (id, e, st) values (1, 'red', 'a,b'), (2, 'blue', 'c'), (3, 'green', ''), (4, null, null), (5, 'blue', 'a');
select id, e, count(*) over (partition by e) from kinds order by id;
select id, st, rank() over (partition by st order by id) from kinds where e = 'red' or e = 'blue' order by id;
select e, count(*) from kinds group by e with rollup;
select x.k, sum(x.id) over () from (select e as k, id from kinds) x where x.k = 'blue' order by x.id;
-- only mysql
select id, e, row_number() over (order by e, id) from kinds order by id;
select id from users where id > all (select length(st) from kinds where e = 'blue') order by id;
(select e from kinds) except (select 'red');
delete from kinds;
