#include "app/collection_gate.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace noroshi {
namespace {

/// What people are told again when it differs: not the counts.
bool differs(const CollectionState& a, const CollectionState& b) {
  return a.collecting != b.collecting || a.failed != b.failed || a.mode != b.mode ||
         a.demo != b.demo ||
         !std::ranges::equal(a.missing, b.missing, {}, &FilingFault::code, &FilingFault::code);
}

}  // namespace

CollectionGate::CollectionGate(Config config, Dependencies dependencies)
    : config_(std::move(config)), dependencies_(std::move(dependencies)) {}

void CollectionGate::look(FlowRate::Moment moment) {
  const std::lock_guard lock(mutex_);
  if (shut_) return;
  const bool first = state_.begun == 0 && state_.missing.empty() && state_.failed.empty();
  const auto before = state_;
  rate_.sample(moment, dependencies_.flows());
  auto& filing = dependencies_.office.filing();
  const auto filed = filing.in_force();
  auto faults =
      state_.collecting
          ? filing.watch(config_.listening, measured(filed ? filed->filing.purpose : std::string()))
          : filing.missing(config_.listening);
  if (!faults.empty()) {
    close_for(std::move(faults));
  } else if (!state_.collecting) {
    try_to_open(moment);
  }
  // As it is now: a stop has ended the filing.
  const auto in_force = filing.in_force();
  state_.mode = in_force ? in_force->filing.mode : std::nullopt;
  state_.demo = in_force && in_force->demo;
  if (first || differs(before, state_)) dependencies_.changed(state_);
}

void CollectionGate::close_for(std::vector<FilingFault> faults) {
  if (state_.collecting) {
    dependencies_.close();
    ++state_.stopped;
  }
  state_.collecting = false;
  state_.failed.clear();
  state_.missing = std::move(faults);
}

void CollectionGate::try_to_open(FlowRate::Moment moment) {
  state_.missing.clear();
  const auto opened = dependencies_.open();
  state_.collecting = opened.has_value();
  state_.failed = opened ? "" : opened.error().message;
  if (!opened) return;
  ++state_.begun;
  // What came under an earlier filing is no measure of this one.
  rate_ = {};
  rate_.sample(moment, dependencies_.flows());
}

void CollectionGate::shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  if (state_.collecting) dependencies_.close();
  state_.collecting = false;
}

CollectionState CollectionGate::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

double CollectionGate::flows_per_second() const {
  const std::lock_guard lock(mutex_);
  return rate_.per_second();
}

FilingMeasures CollectionGate::measures(const std::string& purpose) const {
  const std::lock_guard lock(mutex_);
  return measured(purpose);
}

FilingMeasures CollectionGate::measured(const std::string& purpose) const {
  return measures_of(dependencies_.office, purpose, rate_.per_second(), dependencies_.now());
}

FilingMeasures measures_of(const GuardOffice& office, const std::string& purpose,
                           double flows_a_second, Timestamp now) {
  FilingMeasures measures;
  measures.flows_a_second = flows_a_second;
  measures.reveals = office.chronicle().revealed_since(now - std::chrono::hours(24));
  measures.last_asked = office.chronicle().last_read(purpose);
  return measures;
}

}  // namespace noroshi
