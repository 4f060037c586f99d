// reason: read-only object|returns a const value
#include "guard/grant.h"

namespace noroshi {

void loosen(Granted<RowsQuestion>& granted) { granted.terms().suppress_below = 0; }

}  // namespace noroshi
