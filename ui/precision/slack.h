/* SPDX-License-Identifier: MIT */
/* How much a tensor's criteria leave it: in bits, in words, and as a bar whose pattern tells as
 * much as its colour.  No GTK. */
#pragma once

#include "plot/palette.h"
#include "session.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_SLACK_UNKNOWN, /* nothing is recorded, or no criterion is about it */
  FXU_SLACK_BROKEN,  /* below zero: the format breaks the criterion */
  FXU_SLACK_TIGHT,   /* less than a bit: near minimal, as an assignment makes it */
  FXU_SLACK_SPARE,   /* a bit or more could be spared */
} FxuSlackLevel;

/* Of the criterion that leaves least. */
typedef struct
{
  FxuSlackLevel level;
  FxpCriterion criterion;
  double bits; /* NaN if unknown */
} FxuSlack;

/* The least of @n judgements; a range that holds counts only where it is alone. */
FxuSlack fxu_slack_of (const FxpJudgement *judgements, guint n);
/* What is left to a tensor as it is assigned. */
FxuSlack fxu_slack_of_assigned (const FxpAssigned *assigned);
/* Of a tensor in the format it has now; unknown for FXP_N_ROLES, the sum register. */
FxuSlack fxu_slack_judge (FxuSession *session, FxpTensorId id);

/* "RQB"; "range", which is no name, in the language of the user. */
const char *fxu_slack_abbreviate (FxpCriterion criterion);
/* "RQB −1.3 bits"; NULL if unknown. */
char *fxu_slack_to_brief (const FxuSlack *self) G_GNUC_WARN_UNUSED_RESULT;
/* "+0.3", "−1.3", "0.0": what a number of bits is in tables. */
char *fxu_slack_bits_to_string (double bits) G_GNUC_WARN_UNUSED_RESULT;
/* "relative quantization bias (RQB) is broken by 1.3 bits"; NULL if unknown. */
char *fxu_slack_to_words (const FxuSlack *self) G_GNUC_WARN_UNUSED_RESULT;

/* A bar from the bottom up, as high as there is slack, over the whole height if it is broken. */
void fxu_slack_draw (const FxuSlack *self,
                     cairo_t *cr,
                     double x,
                     double y,
                     double width,
                     double height,
                     const FxuPalette *palette);

G_END_DECLS
