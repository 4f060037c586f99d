#include "intel/source_record.h"

#include <boost/math/distributions/beta.hpp>
#include <cmath>

namespace noroshi {

double SourceRecord::precision() const {
  return (1 + static_cast<double>(confirmed)) / (2 + static_cast<double>(confirmed + refuted));
}

double SourceRecord::precision_quantile(double probability) const {
  const boost::math::beta_distribution<double> posterior(1 + static_cast<double>(confirmed),
                                                         1 + static_cast<double>(refuted));
  return boost::math::quantile(posterior, probability);
}

double decayed(double precision, std::uint64_t age_milliseconds, double half_life_days) {
  const double days = static_cast<double>(age_milliseconds) / 86'400'000;
  return precision * std::exp2(-days / half_life_days);
}

}  // namespace noroshi
