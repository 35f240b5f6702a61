// Values as an integer column takes them: a row with key 2 is found by 2.0, '2' and ' 2abc' too,
// and is where 2 is, however it was written when it came.
#pragma once

#include "types/value.h"

namespace vif::vtgate::engine {

// The integer that equals `value` by a server's rules for comparing it with an integer column (a
// text is the number it begins with). `value` itself where that is no integer: nothing equals it.
types::Value compared_with_integer(types::Value value);

// The integer that a server stores: numbers rounded, doubles halves to even, others away from zero.
// `value` itself where a server refuses it, or is for it to say.
types::Value stored_as_integer(types::Value value);

}  // namespace vif::vtgate::engine
