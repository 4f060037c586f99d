// reason: no matching (function|constructor)
#include "guard/grant.h"

namespace noroshi {

Granted<RowsQuestion> forge() { return Granted<RowsQuestion>(); }

}  // namespace noroshi
