// reason: private
#include "guard/grant.h"

namespace noroshi {

Granted<RowsQuestion> forge() { return Granted<RowsQuestion>(RowsQuestion{}, GrantTerms{}); }

}  // namespace noroshi
