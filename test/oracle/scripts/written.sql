-- What one server makes of columns' collations, types and names, where the gate joins, orders and computes.
insert into words (id, exact, loose, west, n) values (1, 'apple', 'Apple', 'Apple', 3), (2, 'Apple', 'APPLE', 'pear', NULL), (3, 'b', 'B', 'é', 1), (4, NULL, 'c', 'E', 2), (5, 'é', 'E', NULL, 5), (6, 'zz', NULL, 'ZZ', 7);
select a.id, b.id from words a join words b on a.exact = b.loose;
select a.id, b.id from words a left join words b on a.exact < b.loose;
select a.id, b.id from words a join words b on a.loose = b.exact;
select a.id, b.id from words a join words b on a.loose = b.west;
select a.id, b.id from words a left join words b on a.west = b.loose;
select a.id from words a where exists (select 1 from words b where b.loose = a.exact and b.n > a.n);
select a.id from words a where a.n > (select min(b.n) from words b where b.loose = a.exact);
-- A subquery in the select list that ORDER BY names by its place.
select (select count(*) from words b where b.n < a.n) as c, a.id from words a order by 1 desc, 2;
select (select max(b.n) from words b where b.n < a.n) as c, a.id as i from words a order by c, 2 desc limit 3;
-- Columns of a derived table under other names.
with t as (select id as c0, n as c1 from words where not exists (select 1 from words w where w.n = 100)) select x.*, y.c0 as yy from t as x join t as y on x.c0 = y.c1;
with t as (select distinct a.n as c0, b.id as c1 from words a join words b on a.n = b.id) select x.c0 as one, x.c0 as two, y.c1 as three from t as x join t as y on x.c0 = y.c1;
select d.c as e, d.c as f from (select n as c, count(*) as k from words group by n) as d where d.k = 1;
-- What a union is compared by is not for the client.
select id + 0.04 as c0, 0.06 as c1 from words union select n, id from words where exists (select 1 from words where n = 1) union all select 1, 2.42 from words a join words b on a.n = b.id order by 1, 2;
-- Types are a server's also where the gate computes, and where it finds no row.
select 2 as c0 from words where id = 100 union all select a.id - b.n from words a join words b on a.exact = b.loose union all select 7 from words a join words b on a.n = b.id and a.id = b.n;
select a.id, (select max(b.n) from words b where b.loose = a.exact and b.n > 100) as m from words a;
select ((b.n % 3) >= b.id) as c0, abs(b.n) as c1 from words a left join words b on a.n = b.id;
select ifnull(b.n, 1.5), a.id - b.n, concat(a.exact, b.n) from words a left join words b on a.n = b.id where a.id > 100;
-- Groups that do not decide what is selected beside them.
select a.id, count(*) from words a join words b on a.n = b.id group by a.n;
select n, exact, count(*) from words group by n;
select a.id, a.n + 1, count(*) from words a join words b on a.n = b.id group by a.id;
delete from words;
