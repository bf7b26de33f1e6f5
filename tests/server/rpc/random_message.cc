#include "tests/server/rpc/random_message.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <limits>

namespace moyo::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kMaxDepth = 4;

uint64_t Below(std::mt19937_64& random, uint64_t limit) { return random() % limit; }

uint64_t Number(const KnownValues& known, std::mt19937_64& random) {
  constexpr uint64_t kEdges[] = {0,        1,          2,         255,        65'536,
                                 1u << 31, UINT32_MAX, INT64_MAX, UINT64_MAX, UINT64_MAX - 1};
  const uint64_t kind = Below(random, 4);
  if (kind < 2 && !known.numbers.empty()) return known.numbers[Below(random, known.numbers.size())];
  if (kind == 2) return kEdges[Below(random, std::size(kEdges))];
  return random() >> Below(random, 64);
}

double Real(std::mt19937_64& random) {
  constexpr double kEdges[] = {0.0, -1.0, 1e308, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};
  return kEdges[Below(random, std::size(kEdges))];
}

size_t Length(std::mt19937_64& random) {
  const uint64_t kind = Below(random, 40);
  return kind == 0 ? 300'000 : kind < 4 ? Below(random, 5'000) : Below(random, 40);
}

std::string Text(const KnownValues& known, bool is_utf8, std::mt19937_64& random) {
  if (Below(random, 2) == 0 && !known.texts.empty()) {
    return known.texts[Below(random, known.texts.size())];
  }
  std::string text(Length(random), '\0');
  for (char& c : text) c = static_cast<char>(Below(random, is_utf8 ? 128 : 256));
  if (is_utf8 && Below(random, 4) == 0) text += "\xE5\x9B\xB2\xE7\xA2\x81";
  return text;
}

void FillField(Message& message, const FieldDescriptor& field, const KnownValues& known,
               std::mt19937_64& random, int depth) {
  const auto* reflection = message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT64:
      many ? reflection->AddUInt64(&message, &field, Number(known, random))
           : reflection->SetUInt64(&message, &field, Number(known, random));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      many ? reflection->AddUInt32(&message, &field, Number(known, random))
           : reflection->SetUInt32(&message, &field, Number(known, random));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection->SetInt64(&message, &field, Number(known, random));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      reflection->SetDouble(&message, &field, Real(random));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(&message, &field, Below(random, 2) == 0);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection->SetEnumValue(&message, &field, static_cast<int>(Below(random, 9)) - 1);
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      const bool is_utf8 = field.type() == FieldDescriptor::TYPE_STRING;
      many ? reflection->AddString(&message, &field, Text(known, is_utf8, random))
           : reflection->SetString(&message, &field, Text(known, is_utf8, random));
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      FillAtRandom(many ? *reflection->AddMessage(&message, &field)
                        : *reflection->MutableMessage(&message, &field),
                   known, random, depth + 1);
      break;
    default:
      break;  // the API has no field of another type
  }
}

}  // namespace

void FillAtRandom(Message& message, const KnownValues& known, std::mt19937_64& random, int depth) {
  if (depth > kMaxDepth) return;
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor& field = *descriptor->field(i);
    if (Below(random, 6) == 0) continue;
    const uint64_t times = !field.is_repeated()     ? 1
                           : Below(random, 20) == 0 ? 500
                                                    : Below(random, 5);
    for (uint64_t n = 0; n < times; ++n) FillField(message, field, known, random, depth);
  }
}

std::string Damage(std::string bytes, std::mt19937_64& random) {
  for (uint64_t times = 1 + Below(random, 4); times > 0; --times) {
    const size_t at = Below(random, bytes.size() + 1);
    switch (Below(random, 4)) {
      case 0:
        if (at < bytes.size()) bytes[at] ^= static_cast<char>(1 << Below(random, 8));
        break;
      case 1:
        bytes.resize(at);
        break;
      case 2:
        bytes.insert(at, bytes.substr(at / 2, std::min<size_t>(bytes.size() - at / 2, 1000)));
        break;
      default:
        bytes.insert(at, 1 + Below(random, 8), static_cast<char>(Below(random, 256)));
    }
  }
  return bytes;
}

}  // namespace moyo::test
