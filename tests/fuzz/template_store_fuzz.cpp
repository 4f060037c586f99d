// The file in which templates outlive a restart: whatever it holds is refused or can be used.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "decode/decoder.h"
#include "decode/template_store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  constexpr Timestamp kNow = from_unix_milliseconds(1'700'000'000'000);
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  // The checksum is no lock but would be one to the fuzzer: a seed whose checksum does not fit is
  // tried again with one that does.
  auto sessions = read_template_store(bytes);
  if (!sessions) sessions = read_template_store(with_template_store_checksum(std::move(bytes)));
  if (!sessions) return 0;
  const auto written = write_template_store(*sessions);
  CHECK(read_template_store(written).value() == *sessions);
  Decoder::Config config;
  config.limits = {.sessions = 4,
                   .templates_per_session = 8,
                   .fields_per_template = 64,
                   .template_fields = 512,
                   .samplers_per_session = 4,
                   .interfaces_per_session = 8,
                   .interfaces = 16};
  Decoder decoder(config);
  decoder.restore(*sessions, kNow);
  CHECK(decoder.sessions().size() <= 4);
  for (const auto& session : decoder.sessions()) {
    CHECK(session.templates <= 8);
    CHECK(session.provisional_templates == session.templates);
    CHECK(session.interfaces == nullptr || session.interfaces->size() <= 8);
  }
  for (const auto& session : decoder.save())
    for (const auto& saved : session.templates) CHECK(saved.definition.fields.size() <= 64);
  return 0;
}
