// Numbers that must not be mixed up.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace moyo::work {

template <typename Tag>
struct Id {
  uint64_t value = 0;
  friend auto operator<=>(const Id&, const Id&) = default;
};

using UnitId = Id<struct UnitTag>;
using SourceId = Id<struct SourceTag>;  // catalogue order, from 1
using GameId = Id<struct GameTag>;      // catalogue order, from 1
// Rises with every grant, over all units and restarts; 0 is nobody's.
using FencingToken = Id<struct TokenTag>;

}  // namespace moyo::work

template <typename Tag>
struct std::hash<moyo::work::Id<Tag>> {
  size_t operator()(moyo::work::Id<Tag> id) const { return std::hash<uint64_t>()(id.value); }
};
