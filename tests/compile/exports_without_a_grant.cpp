// reason: cannot convert|could not convert|no viable conversion
#include "store/history.h"

namespace noroshi {

Status leave(History& history) { return history.export_parquet(RowsQuestion{}, "/tmp/flows"); }

}  // namespace noroshi
