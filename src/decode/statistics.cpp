#include "decode/statistics.h"

namespace noroshi {

void DecodeStatistics::add(const DecodeStatistics& other) {
  datagrams += other.datagrams;
  records += other.records;
  flows += other.flows;
  events += other.events;
  provisional_records += other.provisional_records;
  option_records += other.option_records;
  templates += other.templates;
  templates_replaced += other.templates_replaced;
  templates_withdrawn += other.templates_withdrawn;
  templates_evicted += other.templates_evicted;
  sessions_evicted += other.sessions_evicted;
  interface_names += other.interface_names;
  interface_names_evicted += other.interface_names_evicted;
  counter_samples += other.counter_samples;
  drop_samples += other.drop_samples;
  non_ip_samples += other.non_ip_samples;
  unknown_samples += other.unknown_samples;
  lost_records += other.lost_records;
  lost_datagrams += other.lost_datagrams;
  reordered += other.reordered;
  sequence_resets += other.sequence_resets;
  clamped_times += other.clamped_times;
  for (std::size_t reason = 0; reason < kUndecodableReasons; ++reason)
    undecodable[reason] += other.undecodable[reason];
}

}  // namespace noroshi
