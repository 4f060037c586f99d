// reason: redefinition
#include "guard/grant.h"

namespace noroshi {

class Guard {
 public:
  static Granted<RowsQuestion> permit() { return {RowsQuestion{}, GrantTerms{}}; }
};

}  // namespace noroshi
