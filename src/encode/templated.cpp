#include "encode/templated.h"

#include <algorithm>

namespace noroshi {
namespace {

constexpr std::size_t kSetHeaderLength = 4;
constexpr std::size_t kSetAlignment = 4;

std::size_t padding(std::size_t length) {
  return (kSetAlignment - length % kSetAlignment) % kSetAlignment;
}

}  // namespace

TemplatedEncoder::TemplatedEncoder(Dialect dialect, TemplateRefresh refresh, Timestamp booted)
    : dialect_(dialect), refresh_(refresh), booted_(to_unix_milliseconds(booted)) {
  for (const auto& field : dialect_.v4) v4_length_ += field.length;
  for (const auto& field : dialect_.v6) v6_length_ += field.length;
}

Datagrams TemplatedEncoder::encode(const FlowBatch& batch, Timestamp now) {
  Datagrams datagrams;
  now_ = now;
  if (!refreshed_ || now - *refreshed_ >= refresh_.interval ||
      datagrams_since_refresh_ >= refresh_.datagrams)
    write_templates(datagrams);

  statistics_.skipped += for_each_one_way(batch, [&](const OneWay& record) {
    const Context context{.booted = booted_,
                          .sampler_id = sampler_id(record.sampling_rate, datagrams)};
    const bool is_v4 = record.is_v4();
    open(is_v4 ? kTemplateV4 : kTemplateV6, is_v4 ? v4_length_ : v6_length_, datagrams);
    for (const auto& field : is_v4 ? dialect_.v4 : dialect_.v6)
      field.write(message_, record, context);
    ++counts_.data_records;
    ++statistics_.records;
  });
  if (message_.size() > 0) finish(datagrams);
  return datagrams;
}

std::uint32_t TemplatedEncoder::sampler_id(std::uint32_t rate, Datagrams& datagrams) {
  if (rate == 0) return 0;
  const auto known = std::ranges::find(samplers_, rate, &Sampler::rate);
  if (known != samplers_.end()) return known->id;
  if (dialect_.sampler_plan == SamplerPlan::kPerDomain) {
    samplers_.assign({{.id = 1, .rate = rate}});
  } else if (samplers_.size() == kMostSamplers) {
    ++statistics_.saturated;
    return 0;
  } else {
    samplers_.push_back({.id = static_cast<std::uint32_t>(samplers_.size() + 1), .rate = rate});
  }
  announce(samplers_.back(), datagrams);
  return samplers_.back().id;
}

void TemplatedEncoder::write_templates(Datagrams& datagrams) {
  if (message_.size() == 0) write_header(message_, now_);
  set_position_ = message_.size();
  set_id_ = dialect_.template_set;
  message_.write_u16(dialect_.template_set);
  message_.write_u16(0);  // length, when the set is closed
  write_template(kTemplateV4, dialect_.v4);
  write_template(kTemplateV6, dialect_.v6);
  close_set();

  set_position_ = message_.size();
  set_id_ = dialect_.options_template_set;
  message_.write_u16(dialect_.options_template_set);
  message_.write_u16(0);
  write_options_template(message_);
  close_set();

  counts_.records = static_cast<std::uint16_t>(counts_.records + 3);
  statistics_.templates += 3;
  refreshed_ = now_;
  datagrams_since_refresh_ = 0;
  for (const auto& sampler : samplers_) announce(sampler, datagrams);
}

void TemplatedEncoder::write_template(std::uint16_t id, std::span<const Field> fields) {
  message_.write_u16(id);
  message_.write_u16(static_cast<std::uint16_t>(fields.size()));
  for (const auto& field : fields) {
    message_.write_u16(field.element);
    message_.write_u16(field.length);
  }
}

void TemplatedEncoder::announce(const Sampler& sampler, Datagrams& datagrams) {
  open(kOptionsTemplate, dialect_.option_record_length, datagrams);
  write_option_record(message_, sampler);
  ++counts_.data_records;
  ++statistics_.option_records;
}

void TemplatedEncoder::open(std::uint16_t set_id, std::size_t length, Datagrams& datagrams) {
  if (message_.size() > 0) {
    const bool same = set_id_ == set_id;
    const auto set_length = set_id_ ? message_.size() - set_position_ : 0;
    auto end = message_.size() + length;
    if (same) {
      end += padding(set_length + length);
    } else {
      end += padding(set_length) + kSetHeaderLength + padding(kSetHeaderLength + length);
    }
    if (end > kLargestDatagram)
      finish(datagrams);
    else if (same)
      return;
    else
      close_set();
  }
  if (message_.size() == 0) write_header(message_, now_);
  set_position_ = message_.size();
  set_id_ = set_id;
  message_.write_u16(set_id);
  message_.write_u16(0);
}

/// Sets are padded to 32 bits; the padding is always shorter than a record (RFC 7011 §3.3.1).
void TemplatedEncoder::close_set() {
  if (!set_id_) return;
  message_.write_zeros(padding(message_.size() - set_position_));
  message_.patch_u16(set_position_ + 2,
                     static_cast<std::uint16_t>(message_.size() - set_position_));
  set_id_.reset();
}

void TemplatedEncoder::finish(Datagrams& datagrams) {
  close_set();
  counts_.records = static_cast<std::uint16_t>(counts_.records + counts_.data_records);
  finish_header(message_, counts_);
  datagrams.push_back(message_.take());
  counts_ = {};
  ++statistics_.datagrams;
  ++datagrams_since_refresh_;
}

}  // namespace noroshi
