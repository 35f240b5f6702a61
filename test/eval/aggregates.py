"""Aggregates of the table's rows: by `vif eval` ("rows") and by the server."""
import expressions
import oracle

FUNCTIONS = ["count({})", "count(distinct {})", "sum({})", "sum(distinct {})", "avg({})", "avg(distinct {})", "min({})", "max({})", "bit_and({})", "bit_or({})",
             "bit_xor({})", "std({})", "stddev({})", "stddev_pop({})", "stddev_samp({})", "var_pop({})", "var_samp({})", "variance({})",
             "group_concat({})", "group_concat({} order by id desc separator '; ')", "group_concat(distinct {} order by id)",
             "group_concat({}, id)", "json_arrayagg({})", "json_objectagg(id, {})"]
# Which rows of the table: none, some, all of them twice.
ROW_SETS = [[], [0], [3], [0, 1, 2], [2, 1, 0, 3], [0, 0, 1, 2, 2, 3]]


def run(server, vif):
    columns = oracle.row_json(server)
    columns["id"] = ({"name": "id", "type": "INT32", "column_length": 11, "flags": 1},
                     [{"type": "INT32", "value": str(i)} for i in range(len(expressions.ROWS))])
    cases = []
    for number, chosen in enumerate(ROW_SETS):
        server.run(f"drop table if exists r{number}")
        server.run(f"create table r{number} like t")
        server.run(f"alter table r{number} drop primary key")
        for i in chosen:
            server.run(f"insert into r{number} select * from t where id = {i}")
        for name, *_ in expressions.TABLE:
            for function in FUNCTIONS:
                schema, values = columns[name]
                request = {"expr": function.format(name), "schema": [columns["id"][0], schema], "rows": [[columns["id"][1][i], values[i]] for i in chosen]}
                # An empty result still has the columns' types.
                if not chosen:
                    request["rows"] = []
                cases.append((function.split("(")[0], function.format(name), request, f" from r{number}"))
    return oracle.run(server, vif, cases)
