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
-- only mysql
select a.id, count(*) from words a join words b on a.n = b.id group by a.n;
-- only mysql
select n, exact, count(*) from words group by n;
-- only mysql
select n, max(id) from words;
select a.id, a.n + 1, count(*) from words a join words b on a.n = b.id group by a.id;
select a.id, a.exact, b.exact, count(*) from words a join words b on a.n = b.id group by a.id;
select a.id, a.n, count(*) from words a join words b on a.n = b.id where a.n = 3 group by b.n;
select a.n + 1, b.id, count(*) from words a left join words b on a.n = b.id group by a.n;
-- only mysql
select a.loose, b.id, count(*) from words a left join words b on a.n = b.id group by a.n;
-- Values that a statement leaves in variables.
select id, exact into @i, @e from words where id = 2;
select @i, @e, @i + 1;
select n, id from words where n > 100 into @i, @e;
select @i, @e;
select id into @i from words;
select id, n into @i from words where id = 1;
select count(*), max(n), sum(n) from words into @c, @m, @s;
select @c, @m, @s, @nosuch;
select 1.5, 'x', null, 2e0 into @d, @t, @n, @f;
select @d, @t, @n, @f;
select id from words union select 7 order by id desc limit 1 into @u;
select @u;
set @a = 2e0, @b = 18 + 0.0, @c = 1.50, @d = cast('2024-01-01' as date), @e = x'41', @f = (select sum(1));
select @a, @b, @c, @d, @e, @f, @a + 1;
insert into words (id, n) values (last_insert_id(31), 5);
select last_insert_id(), (select n from words where id = 31);
delete from words;
-- Changes of rows that only a query over all shards finds.
insert into words (id, exact, loose, west, n) values (1, 'apple', 'Apple', 'Apple', 3), (2, 'Apple', 'APPLE', 'pear', NULL), (3, 'b', 'B', 'é', 1), (4, NULL, 'c', 'E', 2), (5, 'é', 'E', NULL, 5), (6, 'zz', NULL, 'ZZ', 7);
update words set n = n + 10 where n in (select k.i from kinds k where k.i >= words.n) or loose = 'c';
insert into kinds (id, i, v) values (1, 3, 'Apple'), (2, 7, 'zz'), (3, 12, 'b');
update words set n = n + 100, west = 'found' where n in (select k.i from kinds k where k.v = words.exact or k.i = words.n);
update words set n = n + 1 where id not in (select k.id from kinds k where k.i > words.n) order by id limit 2;
delete from words where exact not in (select k.v from kinds k where k.i <> words.id and k.i < words.n) and id > 4;
delete from words where n > all (select k.i from kinds k where k.id <> words.id);
select id, exact, west, n from words order by id;
delete from words;
delete from kinds;
