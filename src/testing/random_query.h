// Random queries over the tables of the differential test: put together from expressions,
// conditions, joins, groups, derived tables, unions and subqueries, so that operators meet that
// nobody thought of. Only for tests.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace vif::testing {

struct RandomQuery {
  std::string sql;
  bool ordered = false;  // the ORDER BY says of any two rows which comes first
};

class RandomQueries {
 public:
  explicit RandomQueries(unsigned seed) : random_(seed) {}

  RandomQuery next() {
    switch (pick(12)) {
      case 10:
      case 11: return gathered();
      case 0:
      case 1: return plain();
      case 2:
      case 3: return grouped();
      case 4: return {"select " + aggregates() + from(), false};
      case 5: return joined();
      case 6: return joined_groups();
      case 7: return united();
      case 8: return derived();
      default: return windowed();
    }
  }

 private:
  using Strings = std::vector<std::string>;

  size_t pick(size_t n) { return random_() % n; }
  bool chance(size_t n) { return pick(n) == 0; }
  std::string of(const Strings& list) { return list[pick(list.size())]; }
  std::string small() { return std::to_string(pick(8)); }

  // ---- expressions over the table with prefix `p` ("", "a.", "b.", "x.")
  bool is_b(const std::string& p) const { return p == "b." || p == "y."; }
  std::string number(const std::string& p, int depth = 2) {
    const std::string column =
        is_b(p) ? p + of({"m", "bid", "aid", "m"}) : p + of({"id", "n", "n", "d"});
    if (depth == 0 || chance(2)) return column;
    switch (pick(9)) {
      case 0: return number(p, depth - 1) + " + " + small();
      case 1: return "(" + number(p, depth - 1) + " - " + number(p, depth - 1) + ")";
      case 2: return column + " * 2";
      case 3: return column + " % 3";
      case 4: return "coalesce(" + column + ", " + small() + ")";
      case 5:
        return "case when " + condition(p, 0) + " then " + column + " else " + small() + " end";
      case 6: return "if(" + condition(p, 0) + ", 1, 0)";
      case 7: return "length(" + text(p, 0) + ")";
      default: return "-" + column;
    }
  }
  std::string text(const std::string& p, int depth = 1) {
    const std::string column = is_b(p) ? p + "w" : p + of({"s", "s", "k"});
    if (depth == 0 || chance(2)) return column;
    return of({"upper(" + column + ")", "concat(" + column + ", 'x')", "left(" + column + ", 1)",
               "ifnull(" + column + ", 'none')", "lower(" + column + ")"});
  }
  std::string any(const std::string& p) {
    switch (pick(6)) {
      case 0: return text(p);
      case 1: return is_b(p) ? p + "dd" : p + "t";
      case 2: return is_b(p) ? p + "f" : p + "e";
      default: return number(p);
    }
  }
  std::string key(const std::string& p) { return is_b(p) ? p + "bid" : p + "id"; }
  std::string vindex(const std::string& p) { return is_b(p) ? p + "aid" : p + "id"; }

  std::string condition(const std::string& p, int depth = 2) {
    if (depth > 0 && chance(3)) {
      return "(" + condition(p, depth - 1) + of({" and ", " or "}) + condition(p, depth - 1) + ")";
    }
    if (depth > 0 && chance(8)) return "not " + condition(p, depth - 1);
    if (depth > 1 && chance(4)) return with_subquery(p);
    switch (pick(12)) {
      case 0: return vindex(p) + " = " + std::to_string(pick(32));
      case 1: return vindex(p) + " in (" + small() + ", " + small() + ", 17)";
      case 2: return number(p, 1) + of({" > ", " < ", " = ", " <> ", " <= "}) + small();
      case 3: return text(p, 0) + of({" = ", " > ", " <> "}) + of({"'a'", "'B'", "'zz'", "'b '"});
      case 4: return any(p) + of({" is null", " is not null"});
      case 5: return number(p, 0) + " between " + small() + " and 9";
      case 6: return text(p, 0) + of({" like 'a%'", " not like '%b%'", " in ('a', 'c', null)"});
      case 7: return number(p, 0) + " not in (1, 2)";
      case 8: return number(p, 0) + " <=> " + of({"null", "3"});
      case 9: return is_b(p) ? p + "f > 20" : p + "d > 12.5";
      case 10: return is_b(p) ? p + "dd >= '2024-01-10'" : p + "e = 'green'";
      default: return vindex(p) + " = " + small() + " or " + vindex(p) + " = " + small();
    }
  }
  std::string with_subquery(const std::string& p) {
    const std::string n = is_b(p) ? p + "m" : p + "n";
    const std::string outer = p.empty() ? "a." : p;
    return of(
        {vindex(p) + of({" in ", " not in "}) + "(select q.aid from b q where q.m > " + small() +
             ")",
         n + of({" in ", " not in "}) + "(select q.m from b q where q.bid < 20)",
         n + of({" = ", " > ", " < "}) + "(select " + of({"max", "min", "avg", "count"}) +
             "(q.n) from a q)",
         of({"exists ", "not exists "}) + "(select 1 from b q where q.aid = " + vindex(outer) + ")",
         of({"exists ", "not exists "}) +
             "(select 1 from b q where q.m = " + (is_b(p) ? "b.m" : outer + "n") + ")",
         n + " in (select v from main.u)", n + " in (select rid from r where label = 'r1')",
         "(select count(*) from b q where q.m = " + (is_b(p) ? "b.m" : outer + "n") + ") > 2",
         "(select count(*) from a q where q.id = " + vindex(outer) + ") = 1"});
  }
  std::string where(const std::string& p) { return chance(3) ? "" : " where " + condition(p); }
  // One table, in the words of `p` "".
  std::string from() { return " from a" + where(""); }
  std::string limit() {
    return of({"", "", " limit 3", " limit 2, 4", " limit 5 offset 1", " limit 0"});
  }

  RandomQuery plain() {
    if (chance(5)) {
      const std::string item = any("");
      return {"select distinct " + item + " as c" + from() + (chance(2) ? " order by c" : ""),
              false};
    }
    std::string sql =
        "select " + (chance(6) ? "*" : "id, " + any("") + " as c1, " + any("") + " as c2") + from();
    if (chance(3)) return {sql, false};
    const bool star = sql.find('*') == 7;
    const std::string first = star || chance(2) ? any("") : of({"c1", "2", "c2"});
    return {sql + " order by " + first + of({"", " desc"}) + ", id" + of({"", " desc"}) + limit(),
            true};
  }

  std::string aggregate(const std::string& p) {
    switch (pick(8)) {
      case 0: return "count(*)";
      case 1: return "count(" + any(p) + ")";
      case 2: return "sum(" + number(p, 1) + ")";
      case 3: return "avg(" + number(p, 1) + ")";
      case 4: return of({"min(", "max("}) + any(p) + ")";
      case 5: return "sum(" + number(p, 0) + ") + count(*)";
      case 6: return "max(" + number(p, 0) + ") - min(" + number(p, 0) + ")";
      default: return "ifnull(sum(" + number(p, 0) + "), -1)";
    }
  }
  std::string aggregates(const std::string& p = "") {
    if (chance(5))
      return of({"count(distinct ", "sum(distinct "}) + number(p, 0) + "), " + aggregate(p);
    if (chance(6)) return "count(distinct " + text(p, 0) + ")";
    return aggregate(p) + (chance(2) ? ", " + aggregate(p) : "");
  }
  std::string having(const std::string& p) {
    if (!chance(3)) return "";
    return " having " +
           of({"count(*) > 1", "sum(" + number(p, 0) + ") > 5",
               "max(" + number(p, 0) + ") is not null", "g1 is not null",
               "count(*) between 1 and 3", "min(" + number(p, 0) + ") < 4 or count(*) > 2"});
  }
  RandomQuery grouped(const std::string& p = "", std::string source = "") {
    if (source.empty()) source = from();
    const std::string g1 = any(p);
    const std::string g2 = chance(3) ? any(p) : "";
    std::string sql = "select " + g1 + " as g1, " + (g2.empty() ? "" : g2 + " as g2, ") +
                      aggregates(p) + source + " group by " + (chance(3) ? "g1" : g1) +
                      (g2.empty() ? "" : ", " + g2) + having(p);
    if (chance(2)) return {sql, false};
    sql += " order by g1" + of({"", " desc"}) + (g2.empty() ? "" : ", g2") + limit();
    return {sql, true};
  }

  std::string join_of_two() {
    const std::string kind = of({" join ", " join ", " left join ", " right join "});
    std::string on = of({"a.id = b.aid", "a.id = b.aid", "a.n = b.m", "b.aid = a.n", "a.s = b.w",
                         "a.id = b.bid", "a.n = b.m and a.s = b.w"});
    if (chance(3)) on += " and " + condition(of({"a.", "b."}), 0);
    std::string sql = " from a" + kind + "b on " + on;
    if (chance(4))
      sql += of({" left join r on r.rid = a.n", " join r on r.rid = b.m",
                 " left join main.u u on u.uid = a.n", " join main.u u on u.uid = b.m"});
    if (chance(2)) sql += " where " + condition(of({"a.", "b."}), 1);
    return sql;
  }
  RandomQuery joined() {
    std::string sql = "select a.id, b.bid, " + any("a.") + " as c1, " + any("b.") + " as c2" +
                      (chance(3) ? ", " + number("a.", 0) + " + " + number("b.", 0) : "") +
                      join_of_two();
    if (chance(3)) return {sql, false};
    return {sql + " order by " + of({"c1", "c2", "3", any("b.")}) + of({"", " desc"}) +
                ", a.id, b.bid" + limit(),
            true};
  }
  RandomQuery joined_groups() {
    if (chance(3)) return {"select " + aggregates(of({"a.", "b."})) + join_of_two(), false};
    return grouped(of({"a.", "b."}), join_of_two());
  }

  RandomQuery united() {
    const std::string op = of({" union ", " union all "});
    std::string sql;
    switch (pick(4)) {
      case 0:
        sql = "select id, " + text("", 0) + " as c from a" + where("") + op +
              "select bid, w from b" + (chance(2) ? " where " + condition("b.", 1) : "");
        break;
      case 1:
        sql = "select id as i, n as c from a" + where("") + op + "select aid, m from b" + op +
              "select uid, v from main.u";
        break;
      case 2:
        sql = "select n as c, count(*) as i from a group by n" + op +
              "select m, sum(bid) from b group by m";
        break;
      default:
        sql = "select id as i, d as c from a" + where("") + op + "select bid, m from b";
        break;
    }
    return {sql + (chance(2) ? " order by 1, 2" + (op == " union " ? limit() : "") : ""), false};
  }

  RandomQuery derived() {
    switch (pick(6)) {
      case 0: return {"select count(*), max(x.c1), min(x.id) from (" + inner() + ") x", false};
      case 1: return {"select x.c1, count(*) from (" + inner() + ") x group by x.c1", false};
      case 2: return {"select distinct x.c1 from (" + inner() + ") x", false};
      case 3:
        return {"select x.id, x.c1 from (" + inner() + ") x where x.id > " + small() +
                    " order by x.c1, x.id",
                true};
      case 4:
        return {"select x.id, b.bid, x.c1 from (" + inner() +
                    ") x join b on b.aid = x.id order by b.bid, x.id",
                true};
      default:
        return {"select b.bid, x.c1 from b left join (" + inner() +
                    ") x on x.id = b.m order by b.bid, x.id",
                true};
    }
  }
  std::string inner() {
    switch (pick(4)) {
      case 0: return "select id, " + any("") + " as c1" + from();
      case 1: return "select id, " + any("") + " as c1" + from() + " order by id limit " + small();
      case 2: return "select n as id, " + aggregate("") + " as c1" + from() + " group by n";
      default: return "select distinct id, n as c1" + from();
    }
  }

  // A column of a type that compares by its value alone.
  std::string exact(const std::string& p) {
    return is_b(p) ? p + of({"m", "bid", "aid", "dd"}) : p + of({"id", "n", "d", "t", "k"});
  }
  std::string window() {
    const std::string cut = chance(2) ? "partition by " + exact("") + " " : "";
    const std::string frame =
        of({"", "", " rows 2 preceding", " rows between 1 preceding and 1 following",
            " rows between unbounded preceding and current row"});
    return "over (" + cut + "order by " + exact("") + of({"", " desc"}) + ", id" + frame + ")";
  }

  // What only one server that has all rows can answer.
  RandomQuery gathered() {
    switch (pick(10)) {
      case 0:
        return {"select id, " +
                    of({"row_number() ", "count(*) ", "sum(n) ", "max(d) ", "first_value(id) ",
                        "avg(n) ", "min(t) "}) +
                    window() + " as w1, " +
                    of({"rank() ", "dense_rank() ", "lag(n) ", "lead(d, 2) ", "ntile(3) "}) +
                    "over (order by " + exact("") + ", id) as w2" + from() + " order by id",
                true};
      case 1: {
        const std::string group = of({"n", "d", "t", "n % 2"});
        return {"select " + group + " as g1, count(*), sum(d) as s1, max(id)" + from() +
                    " group by " + group + " with rollup",
                false};
      }
      case 2:
        return {"select id from a where " + exact("") + of({" > ", " <= ", " = ", " <> "}) +
                    of({"all", "any", "some"}) + " (select b." + of({"m", "aid"}) +
                    " from b where " + condition("b.", 0) + ")",
                false};
      case 3:
        return {"select n as c, id as i from a" + where("") + of({" intersect ", " except "}) +
                    "select m, " + of({"aid", "bid"}) + " from b" +
                    (chance(2) ? " where " + condition("b.", 1) : ""),
                false};
      case 4:
        return {"select count(distinct " + exact("") + "), count(distinct " + exact("") +
                    "), avg(distinct n), sum(distinct d)" + from(),
                false};
      case 5:
        return {
            "select n, count(distinct id), count(distinct d), group_concat(distinct t order by t "
            "desc separator '-')" +
                from() + " group by n",
            false};
      case 6:
        return {"select group_concat(id order by d, id desc), bit_xor(id), bit_or(n)" + from(),
                false};
      case 7:
        return {"select a.id, a.n from a where (a.n, a.id) in (select b.m, b.aid from b where " +
                    condition("b.", 0) + ")",
                false};
      case 8:
        return {
            "with recursive c(i) as (select 1 union all select i + 1 from c where i < 6) select "
            "c.i, a.id from c " +
                of({"join", "left join"}) + " a on a.n = c.i order by c.i, a.id",
            true};
      default:
        return {
            "select x.g, x.c, row_number() over (order by x.c desc, x.g) as w from (select m as g, "
            "count(*) as c from b group by m) x order by w",
            true};
    }
  }

  RandomQuery windowed() {
    const std::string over = "over (partition by id" + of({"", " order by n", ", n"}) + ")";
    return {"select id, " + of({"row_number() ", "count(*) ", "sum(n) ", "max(s) "}) + over +
                from() + " order by id",
            true};
  }

  std::mt19937 random_;
};

}  // namespace vif::testing
