// The whole syntax tree. node.h says what a node is, tree.h what can be done with any; each family
// of nodes has its own header, and code that needs one family includes only that.
#pragma once

#include "sql/ast_ddl.h"
#include "sql/ast_dml.h"
#include "sql/ast_expr.h"
#include "sql/ast_func.h"
#include "sql/ast_other.h"
#include "sql/ast_routine.h"
#include "sql/ast_select.h"
