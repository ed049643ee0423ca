#include "core/review/principles.h"

namespace plenary::review {

const std::array<Principle, 9>& principles() {
  static constexpr std::array<Principle, 9> kPrinciples = {{
      {1, "Better outcomes for all", "Every review answers \"what can others learn?\", even with \"nothing yet\".",
       "the good-practice directory, and who took it up", "practice entry, consent, borrowed by"},
      {2, "Action-focused",
       "No review closes without an adopted plan, or a reasoned decision not to act, and a dated revisit.",
       "the action board, from finding to action", "actions, support, impact"},
      {3, "Rigorous and objective",
       "Nobody reviews their own school; everyone declares their distance; one trained lead at least.",
       "the team's distance panel", "declarations, waivers"},
      {4, "Structured and robust",
       "Evidence sits under an agreed enquiry question, or is \"unexpected\" until moderation places it.",
       "the coverage heat map, the triangulation matrix", "framework version, moderation decisions"},
      {5, "Expert and evidence-led", "Findings meet the evidence rule, and training is current.", "the training matrix",
       "certificates with their expiry"},
      {6, "Done with, not to",
       "The host agrees focus and timetable, answers every finding, and gives as well as receives.",
       "the reciprocity matrix, reach by role", "ledger, host responses"},
      {7, "Open and trusted",
       "Nothing leaves its space without the host's consent, and the host sees who can read what.",
       "\"who can see this\", everywhere", "consent, access"},
      {8, "Deeper relationships", "A nudge when the same pair keeps swapping, and prompts for joint work.",
       "who worked with whom, across the years", "support offers"},
      {9, "Continuous improvement", "No review closes until the host and every reviewer evaluated it or declined.",
       "evaluation trends", "evaluations, \"what we changed\""},
  }};
  return kPrinciples;
}

}  // namespace plenary::review
