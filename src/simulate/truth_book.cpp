#include "simulate/truth_book.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace noroshi::simulate {
namespace {

template <typename T>
void raise(std::atomic<T>& value, T to) {
  auto known = value.load(std::memory_order_relaxed);
  while (known < to && !value.compare_exchange_weak(known, to, std::memory_order_relaxed)) {
  }
}

template <typename T>
void lower(std::atomic<T>& value, T to) {
  auto known = value.load(std::memory_order_relaxed);
  while (known > to && !value.compare_exchange_weak(known, to, std::memory_order_relaxed)) {
  }
}

}  // namespace

void LineEstimate::add(std::uint32_t line) {
  const auto hash = mix(line, 0x10c5);
  const auto zeros = static_cast<std::uint8_t>(std::countl_zero(hash | 0xff) + 1);
  raise(registers_[hash & 0xff], zeros);
}

std::uint64_t LineEstimate::value() const {
  constexpr double kRegisters = 256;
  constexpr double kAlpha = 0.7213 / (1 + 1.079 / kRegisters);
  double sum = 0;
  int empty = 0;
  for (const auto& one : registers_) {
    const auto zeros = one.load(std::memory_order_relaxed);
    sum += 1.0 / static_cast<double>(std::uint64_t{1} << zeros);
    empty += zeros == 0;
  }
  const double estimate = kAlpha * kRegisters * kRegisters / sum;
  if (estimate <= 2.5 * kRegisters && empty > 0)
    return static_cast<std::uint64_t>(std::lround(kRegisters * std::log(kRegisters / empty)));
  return static_cast<std::uint64_t>(std::lround(estimate));
}

TruthBook::Span TruthBook::Subject::span() const {
  const auto last = last_.load();
  return last == 0 ? Span{} : Span{first_.load(), last};
}

std::uint64_t TruthBook::Subject::lines() const {
  if (!about_.hostile) return estimate_.value();
  const std::lock_guard lock(mutex_);
  return exact_.size();
}

std::vector<std::uint32_t> TruthBook::Subject::line_numbers() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint32_t> numbers(exact_.begin(), exact_.end());
  std::ranges::sort(numbers);
  return numbers;
}

void TruthBook::Subject::note(const Sent& sent) {
  lower(first_, sent.span.first);
  raise(last_, sent.span.last);
  exchanges_.fetch_add(sent.exchanges, std::memory_order_relaxed);
  packets_.fetch_add(sent.packets, std::memory_order_relaxed);
  bytes_.fetch_add(sent.bytes, std::memory_order_relaxed);
  if (!about_.hostile) {
    estimate_.add(sent.line);
    return;
  }
  const std::lock_guard lock(mutex_);
  exact_.insert(sent.line);
}

std::uint32_t TruthBook::add(About about) {
  const auto [found, is_new] =
      numbers_.try_emplace(about.endpoint, static_cast<std::uint32_t>(subjects_.size() + 1));
  if (is_new) subjects_.emplace_back(std::move(about));
  return found->second;
}

void TruthBook::note(const Exchange& exchange) {
  if (exchange.subject == 0) return;
  const auto first = to_unix_milliseconds(exchange.start);
  Subject::Sent sent{.span = {first, first + static_cast<std::uint64_t>(exchange.duration.count())},
                     .line = exchange.line,
                     .exchanges = 1};
  for (const auto* way : {&exchange.up, &exchange.down}) {
    for (const auto& group : way->groups()) {
      sent.packets += group.count;
      sent.bytes += std::uint64_t{group.count} * group.size;
    }
  }
  subjects_[exchange.subject - 1].note(sent);
}

void TruthBook::note(const Sweep& sweep) {
  if (sweep.subject == 0) return;
  const auto first = to_unix_milliseconds(sweep.start);
  subjects_[sweep.subject - 1].note(
      {.span = {first, first + static_cast<std::uint64_t>(sweep.duration.count())},
       .line = sweep.line,
       .exchanges = sweep.count,
       .packets = sweep.count,
       .bytes = std::uint64_t{sweep.count} * sweep.size});
}

std::uint32_t TruthBook::find(const Endpoint& endpoint) const {
  const auto found = numbers_.find(endpoint);
  return found == numbers_.end() ? 0 : found->second;
}

}  // namespace noroshi::simulate
