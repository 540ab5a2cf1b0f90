/* SPDX-License-Identifier: MIT */
/* The five criteria of Sakr & Shanbhag (ICLR 2019), Claim 1, as pure functions: what is measured,
 * where the limit is, and how many bits lie between.  Any thread. */
#pragma once

#include "analysis/baseline.h"
#include "analysis/noise-gain.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_CRITERION_NONE,
  FXP_CRITERION_EFQN,  /* equalizing feedforward quantization noise: step of W and A */
  FXP_CRITERION_GC,    /* gradient clipping: range of G_W */
  FXP_CRITERION_RQB,   /* relative quantization bias: step of G_W */
  FXP_CRITERION_BQN,   /* bounded quantization noise: step of G_A */
  FXP_CRITERION_AS,    /* accumulator stopping: step of W_acc */
  FXP_CRITERION_RANGE, /* ranges that no criterion names: of W, A, G_A, W_acc and V */
  FXP_N_CRITERIA
} FxpCriterion;

/* "EFQN", "GC", "RQB", "BQN", "AS", "range"; "none". */
const char *fxp_criterion_get_nick (FxpCriterion self);
/* "equalizing feedforward quantization noise", ...; translated, static. */
const char *fxp_criterion_get_name (FxpCriterion self);
/* How sure its statement is: TRUE where the paper's own text could not be read and the formula is
 * reconstructed from memory, code and derivation; all of them are. */
gboolean fxp_criterion_is_reconstructed (FxpCriterion self);

/* Which constants: the paper's as far as it is known, or the released code's (2.2, 2.4, 2.7). */
typedef enum
{
  FXP_VARIANT_PAPER, /* c = 1, k = 4, with the fourth root, exact lambda */
  FXP_VARIANT_CODE, /* c = 1 / sqrt (0.1), k = 8, G_A's range doubled, without, simplified lambda */
  FXP_N_VARIANTS
} FxpVariant;

const char *fxp_variant_get_nick (FxpVariant self); /* "paper", "code" */
gboolean fxp_variant_parse (const char *text, FxpVariant *variant, GError **error);

/* All that can be turned. */
typedef struct
{
  FxpVariant variant;     /* what the others were at first */
  double smoothing;       /* c, > 0: for peaks that the moving average flattened */
  double gradient_range;  /* k, > 0: r of G_A in deviations; 2 for G_W is fixed */
  double gradient_margin; /* >= 1, a power of two: the hand doubling of r of G_A */
  gboolean fourth_root;   /* of |G_W| / |G_A|, in BQN */
  FxpJacobian jacobian;
  double target;          /* of p_m's bound, 0 < target <= 1; default 0.01 */
  guint extra_bits;       /* above the B_min that meets it, 0..16; default 0 */
  guint bits_max;         /* of any word, 2..32; default 24 (5.8) */
  double deviation_floor; /* sigma_min is held to at least this times sigma_max; default 2^-12 */
  guint input_bits;       /* of A_1: 1..32, or 0: equalized as the others; default 8 */
  gboolean input_counts;  /* A_1 takes part in E_min and in the bound (5.20); default FALSE */
} FxpAssignmentOptions;

void fxp_assignment_options_init (FxpAssignmentOptions *self, FxpVariant variant);
gboolean fxp_assignment_options_validate (const FxpAssignmentOptions *self, GError **error);

/* Statistics and constants, borrowed: what every criterion looks at. */
typedef struct
{
  const FxpBaseline *baseline;
  const FxpNoiseGains *gains; /* or NULL: nothing is known of EFQN */
  const FxpAssignmentOptions *options;
  double min_rate; /* gamma_min: the least rate of the whole schedule that is not 0 */
  double min_gain; /* E_min, of ranges normalized to 1; set by fxp_criteria_set_least() */
  int least_bits;  /* B_min, likewise */
} FxpCriteria;

/* The least learning rate of steps 0..n_steps - 1 that is not 0; fast for any number of steps. */
double fxp_criteria_get_min_rate (const FxpSettings *settings, guint64 n_steps);
/* Finds E_min and B_min for the ranges of @experiment's W and A; of float ones, for those that they
 * would be assigned. */
void fxp_criteria_set_least (FxpCriteria *self, const FxpExperiment *experiment);

/* What a criterion says of a tensor in the format it has. */
typedef struct
{
  FxpCriterion criterion;
  double measured; /* a step, a range or a share of p_m, as the criterion has it */
  double limit;    /* that it must not exceed, or for ranges fall short of */
  double slack;    /* in bits: log2 of what could be spared; negative where it is broken */
} FxpJudgement;

#define FXP_JUDGEMENTS_MAX 2 /* one of the range, one of the step */

/* Of one tensor of @experiment in its present format, with the formats that others have now; one
 * that is float counts with the step that it would be assigned.  The range comes before the step.
 * Slack is always finite, 64 bits at most either way.  Returns how many apply; 0 for float, for
 * roles that the paper leaves alone and where the statistics say nothing yet. */
guint fxp_criteria_judge (const FxpCriteria *self,
                          const FxpExperiment *experiment,
                          FxpTensorId id,
                          FxpJudgement judgements[FXP_JUDGEMENTS_MAX]);

/* eta of a Gaussian (and a Laplace) density of deviation 1 and step @u > 0 (2.3). */
double fxp_bias_of_gaussian (double u);
double fxp_bias_of_laplace (double u);
/* Pr (|x| >= r) of a Gaussian of deviation 1. */
double fxp_clipping_of_gaussian (double r);

G_END_DECLS
