#include "collect/message_framer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

Bytes message(std::size_t length) {
  auto bytes = joined({integer(10, 2), integer(length, 2)});
  bytes.resize(length, std::byte{7});
  return bytes;
}

/// Gives the framer up to `most` octets from the front of `bytes`, as far as it has room.
std::span<const std::byte> give(MessageFramer& framer, std::span<const std::byte> bytes,
                                std::size_t most) {
  const auto room = framer.room();
  const auto count = std::min({room.size(), bytes.size(), most});
  std::ranges::copy(bytes.first(count), room.begin());
  framer.add(count);
  return bytes.subspan(count);
}

RC_GTEST_PROP(MessageFramer, FindsTheSameMessagesHoweverTheStreamIsCut, ()) {
  const auto lengths = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::elementOf(std::vector<std::size_t>{16, 17, 300, 1400, 40'000, 65'535}));
  Bytes stream;
  for (const auto length : lengths) {
    const auto bytes = message(length);
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }
  MessageFramer framer;
  std::vector<std::size_t> found;
  std::span<const std::byte> rest(stream);
  while (!rest.empty()) {
    rest = give(framer, rest, *rc::gen::inRange<std::size_t>(1, 70'000));
    while (true) {
      const auto next = framer.next();
      RC_ASSERT(next.has_value());
      if (!*next) break;
      RC_ASSERT(std::ranges::equal(**next, message((*next)->size())));
      found.push_back((*next)->size());
    }
  }
  RC_ASSERT(found == lengths);
}

TEST(MessageFramer, RefusesWhatDoesNotBeginAsAMessage) {
  for (const auto& bytes : {joined({integer(9, 2), integer(100, 2)}),
                            joined({integer(10, 2), integer(15, 2)}), Bytes(4)}) {
    MessageFramer framer;
    (void)give(framer, bytes, 3);
    EXPECT_TRUE(framer.next().has_value()) << "three octets are too few to tell";
    (void)give(framer, std::span(bytes).subspan(3), 1);
    EXPECT_EQ(framer.next().error().code, ErrorCode::kMalformed);
  }
}

TEST(MessageFramer, AlwaysHasRoomForTheRestOfAMessage) {
  MessageFramer framer;
  const auto bytes = message(65'535);
  (void)give(framer, bytes, 65'534);
  EXPECT_FALSE(framer.next().value());
  EXPECT_EQ(framer.room().size(), 1u);
}

}  // namespace
}  // namespace noroshi
