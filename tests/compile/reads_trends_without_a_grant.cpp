// reason: no matching (member )?function
#include "store/history.h"

namespace noroshi {

Result<Answer> read(History& history) { return history.ask(TrendSeriesQuestion{}); }

}  // namespace noroshi
