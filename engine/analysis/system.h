/* SPDX-License-Identifier: MIT */
/* The systems that C_o is held against (Sakr & Shanbhag 2019, 3.7, 4.4, 5.16), as changes of an
 * experiment.  Any thread. */
#pragma once

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* @name: upper or lower case
 *   FL            all float
 *   FX            @experiment as it is
 *   BN            W and A binarized, the input's A apart, with a hard tanh and clipped weights; all
 *                 else float
 *   SQ            as it is, with stochastic rounding of G_W and G_A, W_acc float
 *   TG            all float, G_W ternary (TernGrad)
 *   C+k, C-k      steps of all W, A, G_W, G_A and W_acc divided or multiplied by 2^k, ranges kept;
 *                 but that of W_acc ends where the step of W begins and moves with it, so that W
 *                 and W_acc, one word together, change by k bits
 *   W-k, A-k      one type alone (of W: the step of W_acc is held, which becomes k bits longer);
 *                 likewise GW, GA, ACC
 *   GW/k, GA/k    range of that type divided by 2^k, the step held
 * k = 1..16; at least 2 bits of a signed word and 1 of another remain, and at most 32.  What is
 * changed by k leaves the input's A, float, and binary tensors alone.  FXP_ERROR_PARSE says what
 * was found and expected. */
FxpExperiment *fxp_system_apply (FxpExperiment *experiment,
                                 const char *name,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One line about it, translated; NULL if the name is none. */
char *fxp_system_describe (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
