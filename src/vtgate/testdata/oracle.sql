-- Each statement runs on one plain server and through a gate; rows, counts and errors must be equal. What the gate
-- refuses as unsupported (1235) is counted: the test holds how many may be.
insert into users (user_id, name, email) values (1, 'ann', 'ann@x.org')
insert into users (user_id, name, email) values (2, 'bob', 'bob@x.org'), (3, 'cleo', null), (4, 'dave', 'd@x.org')
insert into users (user_id, name, email) values (5, 'eve', 'e@x.org')
insert into users (user_id, name, email) values (6, 'fay', NULL), (7, 'Gil', 'g@x.org'), (8, 'hal', 'h@x.org'), (100, 'zoe', 'z@x.org'), (200, 'yan', 'y@x.org')
insert into users (user_id, name, email) values (1, 'again', 'again')
insert into users (user_id, name) values (9, 'ida')
insert ignore into users (user_id, name) values (9, 'ida again')
insert into users (user_id, name) values (9, 'ida') on duplicate key update name = 'ida2'
update users set name = 'ida3', email = 'i@x.org' where user_id = 9
select user_id, name, email from users where user_id = 1
select name from users where user_id = 100
select name from users where user_id in (1, 4, 100)
select name from users where user_id in (1)
select name from users where user_id = 999
select user_id from users
select user_id, name from users order by user_id
select user_id, name from users order by user_id desc
select name from users order by name
select name from users order by name limit 3
select name from users order by name desc limit 2 offset 3
select name from users order by name limit 2, 2
select user_id from users order by user_id limit 0
select user_id, name from users where name = 'bob'
select user_id from users where name like '%a%' order by user_id
select user_id from users where email is null order by user_id
select user_id from users where user_id between 2 and 5 order by user_id
select user_id from users where user_id > 5 and user_id < 150 order by user_id
select user_id from users where name = 'bob' or user_id = 4 order by user_id
select user_id from users where not (user_id = 1) order by user_id
select count(*) from users
select count(*) from users where user_id = 1
select count(*) from users where user_id = 999
select count(email) from users
select count(distinct email) from users
select sum(user_id) from users
select min(user_id), max(user_id) from users
select min(name) a, max(name) b from users
select avg(user_id) from users
select sum(user_id), count(*), min(email) from users where user_id > 1000
select count(*) as n from users having n > 5
select count(*) from users having count(*) > 1000
select distinct name from users order by name
select distinct email is null from users
select user_id + 1 from users where user_id = 1
select user_id + 1 as following from users order by following limit 3
select concat(name, '-', user_id) from users where user_id = 2
select upper(email) from users order by user_id limit 2
select 1
select 1 + 1, 'a', null
select 'x' as y
select now() is not null
select 1 from dual
select user_id from users u where u.user_id = 3
select u.* from users u where u.user_id = 3
select users.name from users where users.user_id = 3
select `name` from `users` where `user_id` = 3
select name from users where user_id = '3'
select nothing from users where user_id = 1
select name from users where
select * from users where user_id = 1 for update
select name from users where user_id = 1 union select name from users where user_id = 2
select name from users where user_id = 1 union all select name from users where user_id = 1
update users set name = 'Ann' where user_id = 1
update users set name = 'Ann' where user_id = 1
update users set name = 'B' where user_id in (2, 3)
update users set email = 'none' where email is null
update users set name = concat(name, '!')
update users set name = 'q' where user_id = 999
select user_id, name, email from users order by user_id
update users set nothing = 1 where user_id = 1
delete from users where user_id = 9
delete from users where user_id = 999
delete from users where user_id in (200, 100)
delete from users where name = 'eve!'
select count(*) from users
insert into products (id, name, price) values (1, 'pen', 1.50), (2, 'ink', 12.25), (3, 'pad', 0.99)
select id, name, price from products order by id
select name from products where id = 2
select sum(price) from products
insert into orders (order_id, user_id, product_id, amount, created_at) values (1, 1, 1, 3, '2024-01-01 10:00:00')
insert into orders (order_id, user_id, product_id, amount, created_at) values (2, 1, 2, 1, '2024-01-02 10:00:00'), (3, 2, 1, 5, '2024-01-03 10:00:00'), (4, 4, 3, 7, '2024-01-04 10:00:00'), (5, 7, 2, 2, '2024-01-05 10:00:00'), (6, 8, 1, 2, '2024-01-06 10:00:00')
select order_id from orders where user_id = 1 order by order_id
select order_id, amount from orders order by created_at desc limit 3
select user_id, count(*) from orders group by user_id order by user_id
select user_id, sum(amount) from orders group by user_id order by user_id
select product_id, count(*), sum(amount), min(amount), max(amount) from orders group by product_id order by product_id
select product_id, count(*) c from orders group by product_id having c > 1 order by product_id
select product_id, avg(amount) from orders group by product_id order by product_id
select amount, count(*) from orders group by amount order by count(*) desc, amount
select date(created_at) d, count(*) from orders group by date(created_at) order by d
select u.name, o.order_id from users u join orders o on u.user_id = o.user_id order by o.order_id
select u.name, o.order_id from users u join orders o on u.user_id = o.user_id where u.user_id = 1 order by o.order_id
select u.name, o.amount from users u, orders o where u.user_id = o.user_id and o.amount > 2 order by o.order_id
select u.name, o.order_id from users u left join orders o on u.user_id = o.user_id where u.user_id = 3
select u.name, count(o.order_id) from users u left join orders o on u.user_id = o.user_id group by u.user_id, u.name order by u.user_id
select u.user_id, p.name from users u join orders o on u.user_id = o.user_id join products p on p.id = o.product_id order by o.order_id
select p.name, o.amount from products p join orders o on p.id = o.product_id where p.id = 2 order by o.order_id
select u.name from users u where u.user_id in (select o.user_id from orders o where o.user_id = 1)
select u.name from users u where exists (select 1 from orders o where o.user_id = u.user_id) order by u.name
select t.n from (select count(*) n from users) t
select t.user_id from (select user_id from users where user_id = 2) t
select case when user_id = 1 then 'one' else 'other' end from users where user_id in (1, 2) order by user_id
select coalesce(email, 'x') from users where user_id = 1
select user_id div 2, user_id % 2 from users order by user_id limit 3
select max(user_id) from users where name = 'nobody'
select count(*) from orders where created_at > '2024-01-03'
select order_id from orders where created_at >= '2024-01-05' order by created_at
begin
insert into users (user_id, name) values (300, 'tx')
select name from users where user_id = 300
rollback
select name from users where user_id = 300
start transaction
insert into users (user_id, name) values (301, 'tx1'), (302, 'tx2'), (303, 'tx3')
update users set name = 'changed' where user_id = 301
commit
select user_id, name from users where user_id > 300 order by user_id
begin
update users set name = 'sp' where user_id = 301
savepoint one
update users set name = 'sp2' where user_id = 301
update users set name = 'sp2' where user_id = 302
rollback to one
commit
select user_id, name from users where user_id > 300 order by user_id
begin
insert into users (user_id, name) values (304, 'kept')
insert into users (user_id, name) values (305, 'a'), (301, 'duplicate'), (306, 'b')
select count(*) from users where user_id > 303
commit
select user_id, name from users where user_id > 300 order by user_id
rollback to nothing
set autocommit = 0
insert into users (user_id, name) values (310, 'off')
select count(*) from users where user_id = 310
rollback
set autocommit = 1
select count(*) from users where user_id = 310
set @x = 5
select @x
select @x + 1
select user_id from users where user_id = @x - 4
set @y = 'text', @z = 1.5
select @y, @z
select @nothing
set sql_mode = 'ANSI_QUOTES'
select "user_id" from users where user_id = 1
set sql_mode = ''
set sql_mode = 'bogus_mode'
set time_zone = '+02:00'
select @@time_zone
set time_zone = 'SYSTEM'
select @@autocommit
select row_count()
update users set name = 'rc' where user_id in (1, 2)
select row_count()
select last_insert_id() is not null
insert into notes (body) values ('first')
select last_insert_id() > 0
insert into notes (body) values ('second'), ('third')
select body from notes order by id
show columns from users
show variables like 'autocommit'
show warnings
describe users
prepare p from 'select name from users where user_id = ?'
set @id = 1
execute p using @id
set @id = 2
execute p using @id
execute p
deallocate prepare p
execute p using @id
select '' = '', 'a' < 'b', 1 = 1.0
select 'it''s', "dq", 'back\\slash', 'new\nline'
select 0x41, x'42', b'1'
select -5, +5, - -5
select 1.5 * 2, 10 / 4, 7 div 2, 7 mod 3
select null is null, null = null, null <=> null
select 'a' 'b'
select /* comment */ 1 -- tail
select if(1 > 2, 'y', 'n'), ifnull(null, 'd'), nullif(1, 1)
select length('abc'), char_length('äöü'), substring('hello', 2, 3)
insert into users set user_id = 20, name = 'set', email = 's@x.org'
insert into users (name, user_id) values ('order', 21)
insert into users values (22, 'nolist', 'n@x.org')
insert into users (user_id, name) values (23, 'émile'), (24, '日本'), (25, 'quote''s'), (26, 'back\\slash'), (27, 'nul')
select user_id, name from users where user_id between 20 and 27 order by user_id
select name from users where name = 'émile'
select name, char_length(name), length(name) from users where user_id = 24
select hex(name) from users where user_id = 23
select user_id from users where name in ('set', 'order', 'nolist') order by user_id
select user_id from users where name not in ('set', 'order') and user_id between 20 and 27 order by user_id
select user_id from users where user_id in (20, 21, 22) and name <> 'set' order by user_id
select user_id from users where user_id not between 2 and 1000 order by user_id
select user_id from users where name like 'q%' or name like '%h' order by user_id
select user_id from users where email is not null and user_id > 19 order by user_id
select distinct user_id div 10 as tens from users order by tens
select user_id % 3 as r, count(*) from users group by r order by r
select user_id % 3, count(*) from users group by user_id % 3 order by 1
select count(*), user_id > 10 as big from users group by big order by big
select max(email), user_id % 2 as odd from users group by odd order by odd
select user_id, name from users order by name, user_id limit 5
select user_id, name from users order by user_id % 5, user_id desc limit 6
select user_id, email from users order by email, user_id limit 6
select user_id, email from users order by email desc, user_id limit 4
select name as n from users order by n desc limit 3
select user_id as id, name from users where user_id > 5 order by id limit 1, 3
select u.name from users as u where u.user_id = 20
select u.name, u.email from users as u order by u.user_id limit 3
select count(*) from users u join orders o on u.user_id = o.user_id
select sum(o.amount) from users u join orders o on u.user_id = o.user_id where u.user_id < 5
select u.user_id, sum(o.amount) t from users u join orders o on u.user_id = o.user_id group by u.user_id order by t desc, u.user_id
select u.user_id, o.order_id from users u left join orders o on u.user_id = o.user_id and o.amount > 2 where u.user_id < 9 order by u.user_id, o.order_id
select o.order_id, u.name from orders o left join users u on o.user_id = u.user_id order by o.order_id
select a.order_id, b.order_id from orders a join orders b on a.user_id = b.user_id where a.order_id < b.order_id order by a.order_id, b.order_id
select a.user_id, b.user_id from users a join users b on a.user_id + 1 = b.user_id where a.user_id < 4 order by a.user_id
select u.name, p.name from users u join orders o on o.user_id = u.user_id join products p on p.id = o.product_id where u.user_id = 1 order by p.name
select p.name, count(*) from products p join orders o on o.product_id = p.id group by p.name order by p.name
select p.name from products p where p.id in (select product_id from orders where user_id = 1) order by p.name
select p.name from products p left join orders o on o.product_id = p.id and o.user_id = 1 where o.order_id is null order by p.name
select user_id from users where user_id = (select max(user_id) from orders)
select user_id from users where user_id in (select user_id from orders where amount > 4) order by user_id
select user_id, (select count(*) from orders o where o.user_id = u.user_id) c from users u where u.user_id in (1, 2, 3) order by user_id
select name from users where user_id = 1 union select name from users where user_id = 4 order by name
select user_id from users where user_id < 4 union all select order_id from orders where order_id < 3 order by user_id
select user_id from users union select user_id from orders order by user_id limit 4
select amount from orders group by amount order by amount
select amount, product_id from orders group by amount, product_id order by amount, product_id
select count(distinct product_id) from orders
select count(distinct user_id) from orders
select product_id, count(distinct user_id) from orders group by product_id order by product_id
select sum(amount) / count(*) from orders
select avg(amount) from orders where user_id = 1
select min(created_at), max(created_at) from orders
select sum(amount * 2) as twice from orders
select sum(amount) from orders group by user_id % 2 order by 1
select group_concat(order_id order by order_id) from orders where user_id = 1
select year(created_at), month(created_at), dayofmonth(created_at) from orders where order_id = 3 and user_id = 2
select date_add(created_at, interval 1 day) from orders where user_id = 2
select datediff('2024-01-10', '2024-01-01'), date_format('2024-01-02', '%Y/%m')
select cast('12' as signed) + 1, cast(3.7 as decimal(10,1)), convert('5', unsigned)
select concat_ws('-', 'a', null, 'b'), replace('aba', 'a', 'x'), reverse('abc')
select greatest(1, 5, 3), least(4, 2, 8), round(2.567, 1), floor(2.9), ceiling(2.1), abs(-3)
select 1 in (1, 2), 3 not in (1, 2), 2 between 1 and 3
select 'abc' like 'a%', 'abc' not like '%z'
select case 2 when 1 then 'a' when 2 then 'b' end
select md5('a'), sha1('a'), crc32('a')
select true, false, not true, true and null, false or null, true xor true
select 5 & 3, 5 | 3, 5 ^ 3, 1 << 3, 16 >> 2, ~0 > 0
select 9223372036854775807 + 0, 18446744073709551615 + 0
select 1/3, 2.50 + 1, 1e2 * 3
select 10 % 0, 1 / 0
select 'a' + 1
select date('2024-02-30')
select json_extract('{"a": 1}', '$.a')
select interval(3, 1, 2, 4), elt(2, 'a', 'b'), field('b', 'a', 'b')
update users set name = 'm1', email = 'm@x.org' where user_id in (20, 21, 22)
update users set name = upper(name) where name like 'ord%'
update users set email = null where user_id = 20
update orders set amount = amount + 1 where user_id = 1
update orders set amount = amount + 1 where amount > 5
update orders set created_at = '2025-01-01' where order_id = 3 and user_id = 2
update users set user_id = user_id where user_id = 20
update users u set u.name = 'alias' where u.user_id = 21
select user_id, name, email from users where user_id between 20 and 27 order by user_id
select order_id, amount, created_at from orders order by order_id
delete from orders where user_id = 1 and amount > 3
delete from users where user_id between 24 and 27
delete from orders where order_id in (5, 6)
delete u from users u where u.user_id = 22
insert into users (user_id, name) values (1, 'dup') on duplicate key update name = values(name)
insert into users (user_id, name) values (50, 'new'), (1, 'dup2') on duplicate key update name = 'both'
insert ignore into users (user_id, name) values (50, 'ign'), (51, 'new'), (1, 'ign')
select user_id, name from users where user_id in (1, 44, 50, 51) order by user_id
insert into users (user_id, nothing) values (60, 'x')
insert into users (user_id, name) values (61)
select * from users where user_id = null
select * from users where user_id in (null)
select count(*) from users where user_id is null
select name from users where user_id = 1 and user_id = 2
select name from users where user_id = 1 or user_id = 1
select name from users where (user_id, name) = (2, 'zzz')
select name from users where user_id = 1 + 1
select name from users where user_id = -1
select name from users where 1 = 0
select name from users where user_id = 2 limit 1
select name from users limit 1 offset 1000
set transaction isolation level read committed
begin
select count(*) from users
insert into users (user_id, name) values (70, 'iso')
commit
start transaction read only
select count(*) from users
insert into users (user_id, name) values (71, 'ro')
rollback
start transaction with consistent snapshot
select count(*) from orders
commit
begin
savepoint a
insert into users (user_id, name) values (72, 'a')
savepoint b
insert into users (user_id, name) values (73, 'b')
rollback to savepoint b
release savepoint a
commit
select user_id from users where user_id in (72, 73) order by user_id
begin
update users set name = 'deep' where user_id in (1, 2, 3, 4, 5)
select count(*) from users where name = 'deep'
rollback
select count(*) from users where name = 'deep'
select @@sql_mode = @@session.sql_mode
insert into users (user_id, name) values (80, repeat('x', 200))
set sql_mode = default
set group_concat_max_len = 2000
select @@group_concat_max_len
set foreign_key_checks = 0
set unique_checks = off
set names utf8mb4
set character_set_results = null
set session transaction isolation level repeatable read
set @a := 1, @b := 'two'
select @a, @b
select @a := 5
set @c = (select count(*) from users where user_id = 1)
select @c
prepare q from 'select ? + ? as n, upper(?) as u'
set @p1 = 1, @p2 = 2, @p3 = 'up'
execute q using @p1, @p2, @p3
execute q using @p1
deallocate prepare q
select found_rows() >= 0
select user() is not null, current_user() is not null
select connection_id() > 0
select schema() is null or schema() is not null
select version() is not null
delete from users
select count(*) from users
delete from orders
