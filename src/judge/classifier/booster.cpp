#include "judge/classifier/booster.h"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace noroshi {
namespace {

Status check(int code, const char* what) {
  if (code == 0) return {};
  // Its messages go on over a stack trace: the first line says it.
  const std::string_view text = XGBGetLastError();
  return failure(ErrorCode::kMalformed,
                 fmt::format("{}: {}", what, text.substr(0, text.find('\n'))));
}

class Matrix {
 public:
  static Result<Matrix> of(std::span<const ServerFeatures> rows) {
    Matrix matrix;
    TRY(check(XGDMatrixCreateFromMat(rows.empty() ? nullptr : rows.front().data(), rows.size(),
                                     kServerFeatureCount, std::numeric_limits<float>::quiet_NaN(),
                                     &matrix.handle_),
              "features"));
    return matrix;
  }
  Matrix(Matrix&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Matrix& operator=(Matrix&&) = delete;
  ~Matrix() {
    if (handle_ != nullptr) XGDMatrixFree(handle_);
  }

  Status set(const char* name, std::span<const float> values) const {
    return check(XGDMatrixSetFloatInfo(handle_, name, values.data(), values.size()), name);
  }
  [[nodiscard]] DMatrixHandle get() const { return handle_; }

 private:
  Matrix() = default;
  DMatrixHandle handle_ = nullptr;
};

std::string monotone_constraints() {
  std::string text;
  for (const auto& feature : server_feature_texts())
    text += fmt::format("{}{}", text.empty() ? "(" : ",", feature.monotone);
  return text + ")";
}

}  // namespace

class Booster::Handle {
 public:
  static Result<std::unique_ptr<Handle>> make(std::span<const DMatrixHandle> matrices) {
    auto handle = std::make_unique<Handle>();
    TRY(check(XGBoosterCreate(matrices.data(), matrices.size(), &handle->booster_), "model"));
    TRY(handle->set("nthread", "1"));
    TRY(handle->set("verbosity", "0"));
    return handle;
  }
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (booster_ != nullptr) XGBoosterFree(booster_);
  }

  Status set(const char* name, const std::string& value) {
    return check(XGBoosterSetParam(booster_, name, value.c_str()), name);
  }
  /// `type` as XGBoosterPredictFromDMatrix has it: 1 margins, 2 contributions. The answer is the
  /// library's own and lives until the next.
  Result<std::span<const float>> predict(const Matrix& matrix, int type) {
    const auto options = fmt::format(
        R"({{"type":{},"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true}})",
        type);
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    TRY(check(XGBoosterPredictFromDMatrix(booster_, matrix.get(), options.c_str(), &shape,
                                          &dimensions, &values),
              "prediction"));
    std::size_t count = dimensions == 0 ? 0 : 1;
    for (bst_ulong dimension = 0; dimension < dimensions; ++dimension) count *= shape[dimension];
    return std::span(values, count);
  }
  [[nodiscard]] BoosterHandle get() const { return booster_; }

 private:
  BoosterHandle booster_ = nullptr;
};

Booster::Booster(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Booster::Booster(Booster&&) noexcept = default;
Booster& Booster::operator=(Booster&&) noexcept = default;
Booster::~Booster() = default;

Result<Booster> Booster::trained(std::span<const Example> examples, const Parameters& parameters) {
  std::vector<ServerFeatures> rows;
  std::vector<float> labels, weights;
  bool positive = false, negative = false;
  for (const auto& example : examples) {
    rows.push_back(example.features);
    labels.push_back(example.positive ? 1.0F : 0.0F);
    weights.push_back(example.weight);
    (example.positive ? positive : negative) = true;
  }
  if (!positive || !negative)
    return failure(ErrorCode::kInvalidArgument,
                   "to learn, there must be C&C servers and others among the examples");
  const auto matrix = TRY(Matrix::of(rows));
  TRY(matrix.set("label", labels));
  TRY(matrix.set("weight", weights));
  const DMatrixHandle matrices[] = {matrix.get()};
  auto handle = TRY(Handle::make(matrices));
  const std::pair<const char*, std::string> settings[] = {
      {"objective", "binary:logistic"},
      {"tree_method", "hist"},
      {"max_depth", fmt::format("{}", parameters.depth)},
      {"eta", fmt::format("{}", parameters.learning_rate)},
      {"min_child_weight", fmt::format("{}", parameters.least_child_weight)},
      {"lambda", fmt::format("{}", parameters.regularisation)},
      {"subsample", fmt::format("{}", parameters.row_share)},
      {"colsample_bytree", fmt::format("{}", parameters.column_share)},
      {"seed", fmt::format("{}", parameters.seed)},
      {"monotone_constraints", monotone_constraints()},
  };
  for (const auto& [name, value] : settings) TRY(handle->set(name, value));
  for (int round = 0; round < parameters.rounds; ++round)
    TRY(check(XGBoosterUpdateOneIter(handle->get(), round, matrix.get()), "training"));
  return Booster(std::move(handle));
}

Result<Booster> Booster::parse(std::string_view json) {
  auto handle = TRY(Handle::make({}));
  TRY(check(XGBoosterLoadModelFromBuffer(handle->get(), json.data(), json.size()), "model"));
  bst_ulong features = 0;
  TRY(check(XGBoosterGetNumFeature(handle->get(), &features), "model"));
  if (features != kServerFeatureCount)
    return failure(ErrorCode::kMalformed, fmt::format("a model of {} features; this program has {}",
                                                      features, kServerFeatureCount));
  return Booster(std::move(handle));
}

Result<std::vector<double>> Booster::margins(std::span<const ServerFeatures> rows) const {
  if (rows.empty()) return std::vector<double>();
  const auto matrix = TRY(Matrix::of(rows));
  const auto values = TRY(handle_->predict(matrix, 1));
  if (values.size() != rows.size())
    return failure(ErrorCode::kMalformed, "the model gives another number of margins than rows");
  return std::vector<double>(values.begin(), values.end());
}

Result<std::vector<Booster::Contributions>> Booster::contributions(
    std::span<const ServerFeatures> rows) const {
  std::vector<Contributions> result(rows.size());
  if (rows.empty()) return result;
  const auto matrix = TRY(Matrix::of(rows));
  const auto values = TRY(handle_->predict(matrix, 2));
  constexpr auto kWidth = kServerFeatureCount + 1;
  if (values.size() != rows.size() * kWidth)
    return failure(ErrorCode::kMalformed, "the model gives contributions of another shape");
  for (std::size_t row = 0; row < rows.size(); ++row)
    std::ranges::copy(values.subspan(row * kWidth, kWidth), result[row].begin());
  return result;
}

Result<std::string> Booster::json() const {
  bst_ulong length = 0;
  const char* text = nullptr;
  TRY(check(XGBoosterSaveModelToBuffer(handle_->get(), R"({"format":"json"})", &length, &text),
            "model"));
  return std::string(text, length);
}

}  // namespace noroshi
