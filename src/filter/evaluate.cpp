#include "filter/evaluate.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "filter/leaves.h"
#include "filter/simplify.h"

namespace noroshi {
namespace {

/// Work space in the order of a stack: masks of one length, kept between batches.
class Masks {
 public:
  void begin(std::size_t rows) {
    CHECK(used_ == 0);
    rows_ = rows;
  }
  /// One more mask, its content undefined, until put_back().
  Mask take() {
    if (used_ == masks_.size()) masks_.push_back(std::make_unique<std::vector<std::uint8_t>>());
    auto& mask = *masks_[used_++];
    if (mask.size() < rows_) mask.resize(rows_);
    return std::span(mask).first(rows_);
  }
  void put_back() { --used_; }

 private:
  std::vector<std::unique_ptr<std::vector<std::uint8_t>>> masks_;
  std::size_t used_ = 0;
  std::size_t rows_ = 0;
};

bool has_any(ConstMask mask) {
  constexpr std::size_t kStep = 1024;
  for (std::size_t begin = 0; begin < mask.size(); begin += kStep) {
    std::uint8_t seen = 0;
    for (const auto row : mask.subspan(begin, std::min(kStep, mask.size() - begin)))
      seen = static_cast<std::uint8_t>(seen | row);
    if (seen != 0) return true;
  }
  return false;
}

struct Asking {
  Numbers& numbers;
  Masks& masks;
};

/// A node of the condition made ready. evaluate() writes 1 where `asked` is 1 and the node holds.
class Node {
 public:
  virtual ~Node() = default;
  virtual void evaluate(Asking& asking, ConstMask asked, Mask out) const = 0;
  [[nodiscard]] virtual std::size_t cost() const = 0;
};
using Nodes = std::vector<std::unique_ptr<Node>>;

class LeafNode : public Node {
 public:
  explicit LeafNode(Leaf leaf) : leaf_(std::move(leaf)) {}
  void evaluate(Asking& asking, ConstMask asked, Mask out) const override {
    noroshi::evaluate(leaf_, asking.numbers, asked, out);
  }
  [[nodiscard]] std::size_t cost() const override { return cost_of(leaf_); }

 private:
  Leaf leaf_;
};

class EverythingNode : public Node {
 public:
  void evaluate(Asking&, ConstMask asked, Mask out) const override {
    std::ranges::copy(asked, out.begin());
  }
  [[nodiscard]] std::size_t cost() const override { return 0; }
};

class CompoundNode : public Node {
 public:
  /// The cheap parts first: the dear ones are then asked about fewer rows, or not at all.
  explicit CompoundNode(Nodes parts) : parts_(std::move(parts)) {
    std::ranges::stable_sort(parts_, {}, &Node::cost);
    for (const auto& part : parts_) cost_ += part->cost();
  }
  [[nodiscard]] std::size_t cost() const override { return cost_; }

 protected:
  Nodes parts_;

 private:
  std::size_t cost_ = 0;
};

class AllOfNode : public CompoundNode {
 public:
  using CompoundNode::CompoundNode;
  void evaluate(Asking& asking, ConstMask asked, Mask out) const override {
    std::ranges::copy(asked, out.begin());
    const auto result = asking.masks.take();
    for (const auto& part : parts_) {
      if (!has_any(out)) break;
      part->evaluate(asking, out, result);
      std::ranges::copy(result, out.begin());
    }
    asking.masks.put_back();
  }
};

class AnyOfNode : public CompoundNode {
 public:
  using CompoundNode::CompoundNode;
  void evaluate(Asking& asking, ConstMask asked, Mask out) const override {
    std::ranges::fill(out, std::uint8_t{0});
    const auto open = asking.masks.take();  // asked, and no part has held yet
    const auto result = asking.masks.take();
    std::ranges::copy(asked, open.begin());
    for (const auto& part : parts_) {
      if (!has_any(open)) break;
      part->evaluate(asking, open, result);
      for (std::size_t row = 0; row < out.size(); ++row) {
        out[row] = static_cast<std::uint8_t>(out[row] | result[row]);
        open[row] = static_cast<std::uint8_t>(open[row] ^ result[row]);
      }
    }
    asking.masks.put_back();
    asking.masks.put_back();
  }
};

class NoneOfNode : public CompoundNode {
 public:
  using CompoundNode::CompoundNode;
  void evaluate(Asking& asking, ConstMask asked, Mask out) const override {
    parts_.front()->evaluate(asking, asked, out);
    for (std::size_t row = 0; row < out.size(); ++row)
      out[row] = static_cast<std::uint8_t>(out[row] ^ asked[row]);
  }
};

std::unique_ptr<Node> make_ready(const Condition& condition);

Nodes make_ready(const std::vector<Condition>& parts) {
  Nodes nodes;
  for (const auto& part : parts) nodes.push_back(make_ready(part));
  return nodes;
}

std::unique_ptr<Node> leaf_node(Leaf leaf) { return std::make_unique<LeafNode>(std::move(leaf)); }

template <typename Either>
std::unique_ptr<Node> either_leaf(Either either) {
  return std::visit([](auto&& ready) { return leaf_node(std::forward<decltype(ready)>(ready)); },
                    std::move(either));
}

std::unique_ptr<Node> make_ready(const Everything&) { return std::make_unique<EverythingNode>(); }
std::unique_ptr<Node> make_ready(const NumberIs& is) { return leaf_node(range_of(is)); }
std::unique_ptr<Node> make_ready(const NumberIn& in) { return either_leaf(list_of(in)); }
std::unique_ptr<Node> make_ready(const AddressIn& in) { return either_leaf(addresses_of(in)); }
std::unique_ptr<Node> make_ready(const FlagsAre& are) { return leaf_node(are); }
std::unique_ptr<Node> make_ready(const FamilyIs& is) { return leaf_node(is); }
std::unique_ptr<Node> make_ready(const AllOf& all) {
  return std::make_unique<AllOfNode>(make_ready(all.parts));
}
std::unique_ptr<Node> make_ready(const AnyOf& any) {
  return std::make_unique<AnyOfNode>(make_ready(any.parts));
}
std::unique_ptr<Node> make_ready(const NoneOf& none) {
  CHECK(none.parts.size() == 1);
  return std::make_unique<NoneOfNode>(make_ready(none.parts));
}
std::unique_ptr<Node> make_ready(const Condition& condition) {
  return std::visit([](const auto& node) { return make_ready(node); }, condition.node);
}

}  // namespace

class Evaluator::Implementation {
 public:
  explicit Implementation(const Condition& condition) : root_(make_ready(simplified(condition))) {}

  std::span<const std::uint8_t> evaluate(const FlowBatch& batch) {
    asked_.assign(batch.size(), 1);
    result_.resize(batch.size());
    numbers_.begin(batch);
    masks_.begin(batch.size());
    Asking asking{numbers_, masks_};
    root_->evaluate(asking, asked_, result_);
    return result_;
  }

 private:
  std::unique_ptr<Node> root_;
  Numbers numbers_;
  Masks masks_;
  std::vector<std::uint8_t> asked_;
  std::vector<std::uint8_t> result_;
};

Evaluator::Evaluator(const Condition& condition)
    : implementation_(std::make_unique<Implementation>(condition)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

std::span<const std::uint8_t> Evaluator::evaluate(const FlowBatch& batch) {
  return implementation_->evaluate(batch);
}

}  // namespace noroshi
