// reason: read-only object|returns a const value
#include "guard/grant.h"

namespace noroshi {

void widen(Granted<RowsQuestion>& granted) { granted.question().window.from = 0; }

}  // namespace noroshi
