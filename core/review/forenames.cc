#include "core/review/forenames.h"

#include <algorithm>
#include <array>

namespace plenary::review {
namespace {

// Sorted by scalar value, so that they can be searched by halves.
constexpr auto kNames = std::to_array<std::u32string_view>(
    {U"aaliyah",  U"aaron",    U"abdul",     U"abdullah",  U"abigail",  U"adam",      U"ahmed",    U"aisha",
     U"aled",     U"alex",     U"alexander", U"alfie",     U"alice",    U"amelia",    U"amina",    U"amy",
     U"aneira",   U"aneurin",  U"angharad",  U"anna",      U"annie",    U"archie",    U"arthur",   U"arwel",
     U"ava",      U"ayesha",   U"bella",     U"ben",       U"benjamin", U"beth",      U"bethan",   U"billy",
     U"bronwen",  U"cadi",     U"cai",       U"callum",    U"catrin",   U"ceri",      U"charlie",  U"charlotte",
     U"chloe",    U"cian",     U"connor",    U"dafydd",    U"daniel",   U"darcey",    U"david",    U"delyth",
     U"dewi",     U"dylan",    U"edward",    U"efa",       U"eira",     U"eleanor",   U"elen",     U"eleri",
     U"elijah",   U"elin",     U"eliza",     U"elizabeth", U"ella",     U"ellie",     U"elsie",    U"emily",
     U"emma",     U"emyr",     U"erin",      U"ethan",     U"eva",      U"evelyn",    U"fatima",   U"ffion",
     U"finley",   U"florence", U"freddie",   U"freya",     U"gabriel",  U"gareth",    U"george",   U"georgia",
     U"gethin",   U"glyn",     U"gruffudd",  U"gruffydd",  U"gwen",     U"gwenllian", U"hannah",   U"harri",
     U"harriet",  U"harrison", U"harry",     U"harvey",    U"hassan",   U"heledd",    U"henry",    U"huw",
     U"hywel",    U"ibrahim",  U"ieuan",     U"ifan",      U"ioan",     U"iolo",      U"isaac",    U"isabella",
     U"isabelle", U"isla",     U"iwan",      U"jac",       U"jacob",    U"jake",      U"james",    U"jamie",
     U"jessica",  U"joe",      U"joseph",    U"joshua",    U"jude",     U"kacper",    U"kai",      U"katie",
     U"khadija",  U"layla",    U"leah",      U"leo",       U"lewis",    U"liam",      U"lili",     U"llinos",
     U"llŷr",     U"logan",    U"lola",      U"louis",     U"lowri",    U"luca",      U"lucas",    U"lucy",
     U"luke",     U"lydia",    U"mabli",     U"macsen",    U"maddison", U"madison",   U"maisie",   U"mali",
     U"maria",    U"martha",   U"maryam",    U"mason",     U"matilda",  U"matthew",   U"megan",    U"meredith",
     U"mia",      U"michael",  U"millie",    U"mohammad",  U"mohammed", U"molly",     U"muhammad", U"nansi",
     U"nathan",   U"nel",      U"nia",       U"noah",      U"oliver",   U"olivia",    U"oscar",    U"osian",
     U"owain",    U"owen",     U"phoebe",    U"priya",     U"rachel",   U"reuben",    U"rhian",    U"rhodri",
     U"rhys",     U"riley",    U"rob",       U"robyn",     U"rory",     U"ryan",      U"sam",      U"samuel",
     U"sara",     U"sarah",    U"scarlett",  U"seren",     U"sian",     U"siwan",     U"siân",     U"siôn",
     U"sofia",    U"sophia",   U"sophie",    U"stanley",   U"steffan",  U"teddy",     U"tegan",    U"theo",
     U"thomas",   U"toby",     U"tomos",     U"tyler",     U"william",  U"yasmin",    U"yusuf",    U"zachary",
     U"zainab",   U"zara",     U"zoe"});
constexpr auto kNamesAndWords = std::to_array<std::u32string_view>(
    {U"amber", U"brook", U"daisy",  U"dawn", U"faith", U"fern",  U"frank",  U"grace",   U"heather",
     U"holly", U"hope",  U"hunter", U"iris", U"ivy",   U"jack",  U"jade",   U"jasmine", U"jay",
     U"joy",   U"lily",  U"mark",   U"max",  U"nell",  U"olive", U"pearl",  U"penny",   U"poppy",
     U"rose",  U"rosie", U"ruby",   U"sky",  U"skye",  U"tom",   U"violet", U"will",    U"willow"});

static_assert(std::ranges::is_sorted(kNames) && std::ranges::is_sorted(kNamesAndWords));

template <class List>
bool contains(const List& sorted, std::u32string_view word) {
  return std::ranges::binary_search(sorted, word);
}

}  // namespace

ForenameKind forename_kind(std::u32string_view lower) {
  if (contains(kNames, lower)) return ForenameKind::name_only;
  return contains(kNamesAndWords, lower) ? ForenameKind::also_a_word : ForenameKind::none;
}

}  // namespace plenary::review
