-- rows
-- Views over sharded tables: their queries take their place.
create view v_users as select id, name, age from users;
create view v_totals (uid, total, n) as select user_id, sum(amount), count(*) from orders group by user_id;
create view v_both as select v.id, v.name, o.amount from v_users v join orders o on o.user_id = v.id;
select * from v_users where id = 3;
select count(*) from v_users;
select name from v_users order by id desc limit 2;
select v.id, o.id from v_users v join orders o on o.user_id = v.id order by 1, 2 limit 3;
select v.name, t.total from v_users v join v_totals t on t.uid = v.id where t.n > 2 order by t.total desc;
select max(total), count(*) from v_totals;
select uid from v_totals where uid = 3;
select id, sum(amount) from v_both where amount > 100 group by id order by id;
select x.id, row_number() over (order by x.id desc) from v_users x order by x.id limit 3;
select v_users.id from commerce.v_users where v_users.id = 4;
select id from v_users where id in (select uid from v_totals where total > 900) order by id;
select table_name from information_schema.views where table_schema = database() order by table_name;
drop view v_both, v_totals;
drop view v_users;
select * from v_users;
