#include "pipeline/ingest.h"

#include <utility>

#include "pipeline/hourly_contacts.h"

namespace noroshi {

void Ingest::take(FlowBatch&& batch) {
  flows_ += batch.size();
  dependencies_.enricher.enrich(batch);
  dependencies_.pseudonymiser.apply(batch);
  if (dependencies_.contacts != nullptr) dependencies_.contacts->offer(batch);
  if (dependencies_.history != nullptr) dependencies_.history->take(std::move(batch));
}

}  // namespace noroshi
