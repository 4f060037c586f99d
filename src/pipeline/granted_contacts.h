#pragma once

#include "guard/guard.h"
#include "guard/person.h"
#include "pipeline/judged_window.h"
#include "store/history.h"

namespace noroshi {

/// The stored contacts as whoever has that access may read them: each hour permitted by the guard
/// before it is read, and what it brought on the record before the next. Errors are those of the
/// guard and of the history. Both outlive what is returned.
[[nodiscard]] HourOfContacts granted_contacts(History& history, Guard& guard, Access access);

}  // namespace noroshi
