/* SPDX-License-Identifier: MIT */
/* One small change of a number format, as keys, wheel and drags make it.  No GTK. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_NUDGE_FRACTION, /* fraction bits by amount; integer bits stay, so the word changes too */
  FXU_NUDGE_POINT,    /* fraction bits by amount; the word stays, so the range changes */
  FXU_NUDGE_BITS,     /* word of amount bits; integer bits stay */
  FXU_NUDGE_LEAST,    /* the shortest word */
  FXU_NUDGE_MOST,     /* the longest word */
  FXU_NUDGE_FLOAT,    /* to the float reference, or back from it */
  /* Of the matrix alone, not for the functions below. */
  FXU_NUDGE_ASSIGN, /* what the newest assignment says, if there is one */
  FXU_NUDGE_LOCK,   /* an assignment leaves it as it is, or may change it again */
} FxuNudgeKind;

typedef struct
{
  FxuNudgeKind kind;
  int amount;
} FxuNudge;

/* What @from becomes, held to what formats allow; @fixed is the format to go back to from float.
 * A float stays one but for BITS, LEAST, MOST and FLOAT. */
FxpQuantizer fxu_nudge_quantizer (const FxuNudge *self, const FxpQuantizer *from, FxpFormat fixed);
/* The same for a sum register; POINT does nothing, FLOAT is to exact or back to @bits. */
FxpSumRegister fxu_nudge_sum (const FxuNudge *self, const FxpSumRegister *from, guint bits);

G_END_DECLS
