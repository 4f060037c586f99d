// reason: deleted
#include "guard/grant.h"

namespace noroshi {

Granted<RowsQuestion> twice(const Granted<RowsQuestion>& once) { return once; }

}  // namespace noroshi
