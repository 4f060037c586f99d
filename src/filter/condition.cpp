#include "filter/condition.h"

namespace noroshi {

bool operator==(const AllOf& left, const AllOf& right) { return left.parts == right.parts; }
bool operator==(const AnyOf& left, const AnyOf& right) { return left.parts == right.parts; }
bool operator==(const NoneOf& left, const NoneOf& right) { return left.parts == right.parts; }
bool operator==(const Condition& left, const Condition& right) { return left.node == right.node; }

}  // namespace noroshi
