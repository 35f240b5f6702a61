-- Each statement runs on one plain server and through a gate; rows, counts, insert ids and errors must be equal.
-- "unsupported" before a statement: the gate refuses it with 1235, and may stop doing so.
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
unsupported select count(*) as n from users having n > 5
unsupported select count(*) from users having count(*) > 1000
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
select database() is not null
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
unsupported select product_id, count(*) c from orders group by product_id having c > 1 order by product_id
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
delete from users
select count(*) from users
delete from orders
