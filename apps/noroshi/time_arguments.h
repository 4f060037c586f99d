#pragma once

// Durations and moments as people write them on the command line are those of every file.
#include "base/time_words.h"
