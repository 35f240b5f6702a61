-- rows
select count(*) from users;
select count(*) as n from users where age > 30;
select count(age) from users;
select count(*), count(age), min(age), max(age) from users;
select sum(age) from users;
select sum(balance) from users;
select sum(score) from users;
select avg(age) from users;
select avg(balance) from users;
select avg(score) from users;
-- differs: the title of an expression that the gate printed anew
select min(name), max(name) from users;
select min(born), max(born) from users;
select min(created), max(created) from users;
select min(balance), max(balance) from users;
select count(*) from users where id = 0;
select sum(age), min(age), max(age), avg(age) from users where id = 0;
select sum(age), count(*) from users where id > 1000;
-- differs: the title of an expression that the gate printed anew
select count(*) + 1 from users;
select sum(age) / count(age) from users;
select max(age) - min(age) from users;
select count(distinct age) from users;
select count(distinct product_id) from orders;
select count(distinct note) from orders;
select sum(distinct qty) from orders;
select product_id, count(*) from orders group by product_id order by product_id;
select product_id, sum(amount) from orders group by product_id order by product_id;
select product_id, sum(amount), avg(amount), min(amount), max(amount) from orders group by product_id order by product_id;
select product_id, avg(qty) from orders group by product_id order by product_id;
select product_id, count(*) as n from orders group by product_id order by n desc, product_id;
select product_id, count(*) as n from orders group by product_id having n > 5 order by product_id;
select product_id, count(*) from orders group by product_id having count(*) > 5 order by product_id;
select product_id, sum(amount) as total from orders group by product_id having total > 500 order by total desc;
select product_id from orders group by product_id order by product_id;
select user_id, count(*) from orders group by user_id order by user_id;
select user_id, sum(amount) from orders group by user_id order by sum(amount) desc, user_id limit 3;
select user_id, max(created_at) from orders group by user_id order by user_id;
select user_id, product_id, count(*) from orders group by user_id, product_id order by user_id, product_id;
select product_id, user_id, sum(qty) from orders group by product_id, user_id order by product_id, user_id;
select age, count(*) from users group by age order by age;
select age > 40 as senior, count(*) from users group by senior order by senior;
select id % 3 as m, count(*), sum(age) from users group by m order by m;
select year(created_at), count(*) from orders group by year(created_at) order by 1;
select month(created_at) as mo, sum(amount) from orders group by mo order by mo;
select upper(note), count(*) from orders group by upper(note) order by upper(note);
-- differs: the title of an expression that the gate printed anew
select min(binary note), count(*) from orders group by note order by 1;
select tag, count(*) from tags group by tag order by tag;
select tag, sum(weight) from tags group by tag order by tag;
select tag, min(weight), max(user_id) from tags group by tag order by tag desc;
select count(*) from orders where user_id = 5;
select product_id, count(*) from orders where user_id = 5 group by product_id order by product_id;
select product_id, count(*) from orders where user_id in (1, 2, 3) group by product_id order by product_id;
select count(*) from (select id from users where id = 1) as t;
select product_id, count(*) from orders group by product_id order by count(*) desc, product_id limit 2;
select product_id, count(*) from orders group by product_id order by product_id limit 2 offset 1;
select distinct product_id from orders order by product_id desc;
select distinct count(*) from orders group by product_id order by 1;
select count(*) from users having count(*) > 100;
select count(*) from users having count(*) > 1;
select max(id) from users where name < 'D';
select sum(qty * amount) from orders;
select product_id, sum(qty * amount) from orders group by product_id order by product_id;
select min(note), max(note) from orders;
select product_id, min(note), max(note) from orders group by product_id order by product_id;
select product_id as p, count(*) from orders group by p order by p;
select product_id, count(*) from orders group by 1 order by 1;
-- differs: the title of an expression that the gate printed anew
select sum(1) from users;
-- differs: the title of an expression that the gate printed anew
select count(1) from users;
select count(null) from users;
select bit_or(qty), bit_and(qty), bit_xor(qty) from orders where user_id = 3;
select group_concat(tag order by tag) from tags where user_id = 1;
select std(age) from users where id = 1;
-- only mysql
select any_value(name) from users where id = 1;
