-- Aggregates that shards' partial results say too little of: the gate takes the rows.
-- rows
select bit_or(qty), bit_and(qty), bit_xor(qty) from orders;
select product_id, bit_or(qty), bit_and(qty), bit_xor(qty) from orders group by product_id order by product_id;
select bit_or(qty), bit_and(qty), bit_xor(qty) from orders where id < 0;
select bit_or(distinct qty), bit_xor(distinct qty), count(*) from orders;
select bit_or(age), bit_and(age + 1), bit_xor(age) from users;
select std(age), stddev(age), stddev_pop(age), stddev_samp(age), variance(age), var_pop(age), var_samp(age) from users;
select std(amount), var_samp(amount) from orders;
select std(score), variance(score) from users;
select product_id, std(amount), var_samp(qty) from orders group by product_id order by product_id;
select std(age) from users where id = 7;
select stddev_samp(age) from users where id = 1;
select std(age) from users where id < 0;
select round(std(weight), 6) from tags;
select std(age) + 1, round(variance(age) * 2, 3) from users;
select product_id, std(amount) as s from orders group by product_id having s > 100 order by s;
select group_concat(name order by name) from users;
select group_concat(name order by id desc) from users;
select group_concat(id order by name desc, id) from users;
select group_concat(distinct product_id order by product_id desc) from orders;
select group_concat(distinct note order by note) from orders;
select group_concat(distinct tag order by tag separator ' | ') from tags;
select group_concat(distinct lower(note) order by 1) from orders;
select group_concat(user_id, ':', qty order by user_id, qty, id separator '; ') from orders;
select group_concat(amount order by amount separator '') from orders;
select group_concat(name order by id separator '\n') from users;
select group_concat(name order by id separator '''') from users;
select product_id, group_concat(id order by id), count(*), sum(amount) from orders group by product_id order by product_id;
select product_id, group_concat(distinct user_id order by user_id desc separator '/') as who from orders group by product_id order by who;
-- gate: VT12001
select product_id, group_concat(note order by id) from orders group by product_id having group_concat(note order by id) like '%2%' order by product_id;
select group_concat(note) from orders where id < 0;
select count(*), group_concat(age order by age) from users where age > 60;
select group_concat(born order by born), group_concat(score order by score desc) from users;
select u.name, group_concat(o.id order by o.id) from users u join orders o on o.user_id = u.id group by u.name order by u.name;
select p.name, group_concat(o.id order by o.id), round(std(o.amount), 6) from products p join orders o on o.product_id = p.id group by p.name order by p.name;
select t.tag, group_concat(u.name order by u.name) from tags t join users u on u.age = t.user_id + 20 group by t.tag order by t.tag;
-- only mariadb
select group_concat(name order by id limit 3) from users;
-- only mariadb
select group_concat(name order by id limit 2, 3) from users;
-- only mariadb
select group_concat(distinct tag) from tags;
select count(distinct name), count(distinct age) from users;
select count(distinct note), count(distinct product_id), sum(distinct qty), count(*), avg(qty) from orders;
select avg(distinct age) from users;
select avg(distinct amount), sum(distinct amount) from orders;
select product_id, count(distinct user_id), count(distinct note), avg(distinct qty) from orders group by product_id order by product_id;
select count(distinct user_id, product_id) from orders;
select count(distinct note, product_id), count(distinct product_id) from orders;
select count(distinct lower(note), qty > 3) from orders;
select product_id, count(distinct user_id, note) from orders group by product_id order by 2 desc, 1;
select sum(distinct score), count(distinct score, age), max(distinct age) from users;
select count(distinct age), sum(distinct age), avg(distinct age), min(age) from users;
select json_arrayagg(id) is not null, json_length(json_arrayagg(name)) from users where id = 3;
select json_arrayagg(qty) from orders where id < 0;
select product_id, json_objectagg(product_id, product_id) from orders where product_id is not null group by product_id order by product_id;
select json_objectagg(name, age) from users where id in (3, 5);
select json_arrayagg(weight) from tags where user_id = 3;
select max(std_age) from (select std(age) as std_age, name from users group by name) t;
select sum(n) from (select count(distinct note, qty) as n from orders group by product_id) t;
-- only mysql
select any_value(product_id) is null from orders where product_id is null;
-- only mysql
select product_id, any_value(product_id), count(distinct note), count(distinct qty) from orders group by product_id order by product_id;
set group_concat_max_len = 20;
select group_concat(name order by name) from users;
show warnings;
select product_id, group_concat(note order by id) from orders group by product_id order by product_id;
show warnings;
select group_concat(id order by id) from users;
set group_concat_max_len = default;
select length(group_concat(bio order by id)) from users;
select @@group_concat_max_len;
