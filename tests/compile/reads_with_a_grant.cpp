// The control: what the others may not do without a grant compiles with one.
#include "guard/grant.h"
#include "guard/guard.h"
#include "store/history.h"

namespace noroshi {

Result<Answer> read(History& history, Guard& guard, const Access& access) {
  return history.ask(TRY(guard.permit(access, GroupQuestion{})));
}

}  // namespace noroshi
