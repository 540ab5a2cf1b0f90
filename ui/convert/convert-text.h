/* SPDX-License-Identifier: MIT */
/* What the conversion page says in words.  Main thread. */
#pragma once

#include "conversion.h"

G_BEGIN_DECLS

/* Translated; static. */
const char *fxu_convert_text_stage (FxuStage stage);
const char *fxu_convert_text_activity (FxuActivity activity);
/* For programs, in no language: "idle", "taking", ... */
const char *fxu_convert_text_nick (FxuActivity activity);
/* "91.4 %"; "–" where nothing is known. */
char *fxu_convert_text_share (const FxuScore *score) G_GNUC_WARN_UNUSED_RESULT;
/* "10,000 images", or of a part "1,200 of 10,000 so far, ± 0.9 %". */
char *fxu_convert_text_images (const FxuScore *score) G_GNUC_WARN_UNUSED_RESULT;
/* One standard deviation of an accuracy estimated from so many images, a share. */
double fxu_score_get_sigma (const FxuScore *score);
/* "4 of 1,024" with separators as in the user's language. */
char *fxu_convert_text_count (guint64 n) G_GNUC_WARN_UNUSED_RESULT;
/* Everything a user should know before believing a figure: what the network has not, where N is
 * more than there is, what vanished, what is wide; or why it cannot be converted.  "" for nothing.
 */
char *fxu_convert_text_notes (FxuConversion *conversion) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the engines agreed, and on what. */
char *fxu_convert_text_certificate (FxuConversion *conversion) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
