#pragma once

#include "guard/grant.h"
#include "question/question.h"

namespace noroshi {

/// Makes counts the multiples that a grant asks for, and the first and last flow of a sum whole
/// minutes, because they are single flows; nothing where it asks for none.
void round(Answer& answer, const GrantTerms& terms);

}  // namespace noroshi
