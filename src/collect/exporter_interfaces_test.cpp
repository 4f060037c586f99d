#include "collect/exporter_interfaces.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

SessionKey key(std::uint32_t exporter, std::uint32_t domain) {
  return {IpAddress::from_v4(exporter), Port{}, ExportProtocol::kIpfix, domain};
}
std::shared_ptr<const InterfaceNames> names(InterfaceNames all) {
  return std::make_shared<const InterfaceNames>(std::move(all));
}

TEST(ExporterInterfaces, OfSeveralSessionsWhatWasSaidLastCounts) {
  const std::vector<SessionInterfaces> sessions{
      {key(2, 0), names({{1, 10, "core", ""}})},
      {key(1, 0), names({{3, 10, "old", ""}, {4, 10, "same", ""}})},
      {key(1, 1), names({{2, 5, "line card", ""}, {3, 20, "new", ""}, {4, 5, "older", ""}})}};
  const auto all = by_exporter(sessions);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].exporter, IpAddress::from_v4(1));
  EXPECT_EQ(all[0].names,
            (InterfaceNames{{2, 5, "line card", ""}, {3, 20, "new", ""}, {4, 10, "same", ""}}));
  EXPECT_EQ(all[1].exporter, IpAddress::from_v4(2));
}

TEST(ExporterInterfaces, SessionsWithoutNamesAreLeftOut) {
  EXPECT_TRUE(by_exporter(std::vector<SavedSession>{{key(1, 0), {}, {}, {}, {}}}).empty());
}

TEST(ExporterInterfaces, NamesOfConnectionsJoinWhatIsSavedOfTheSameSession) {
  const SavedTemplate learnt{300, 1, {{{kIana, 8, 4}}, 0, false}};
  std::vector<SavedSession> sessions{{key(1, 0), {learnt}, {}, {}, {{3, 10, "old", ""}}}};
  add_names(std::vector<SessionInterfaces>{{key(1, 0), names({{3, 20, "new", ""}})},
                                           {key(1, 9), names({{7, 20, "other", ""}})},
                                           {key(1, 9), names({{8, 20, "more", ""}})}},
            sessions);
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].templates, std::vector{learnt}) << "nothing is taken";
  EXPECT_EQ(sessions[0].interfaces, (InterfaceNames{{3, 20, "new", ""}}));
  EXPECT_EQ(sessions[1].interfaces, (InterfaceNames{{7, 20, "other", ""}, {8, 20, "more", ""}}));
}

}  // namespace
}  // namespace noroshi
