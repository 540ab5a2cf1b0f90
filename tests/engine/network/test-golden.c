/* SPDX-License-Identifier: MIT */
/* Whole training steps against tests/golden/training*.txt, code by code: what an independent model
 * in exact rational arithmetic says must come out. */
#include "config.h"

#include "network/network-private.h"
#include "whole-step.h"

#include <string.h>

#define DIGEST_LENGTH 16

/* One run under way. */
typedef struct
{
  /* All of them to be compared, and two threads; else layers share memory for them, and one does
   * it all. */
  gboolean keeps_gradients;
  char *name;
  GString *experiment_text;
  FxpShape shape;
  guint n_classes;
  double rate;
  FxpScratch *scratch;
  FxpTeam *team;
  FxpNetwork *network;
  FxpExperiment *experiment;
  FxpStepResult result;
  double *inputs;
  gsize n_samples; /* of the step under way */
  guint64 n_compared;
} Run;

static void
run_clear (Run *self)
{
  g_clear_pointer (&self->network, fxp_network_free);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->scratch, fxp_scratch_free);
  g_clear_pointer (&self->team, fxp_team_free);
  g_clear_pointer (&self->inputs, g_free);
  g_clear_pointer (&self->name, g_free);
  if (self->experiment_text != NULL)
    g_string_free (self->experiment_text, TRUE);
  self->experiment_text = NULL;
}

static void
ensure_network (Run *self)
{
  g_autoptr (GError) error = NULL;

  if (self->network != NULL)
    return;
  self->experiment =
    fxp_experiment_new_from_data (self->experiment_text->str, -1, self->name, &error);
  g_assert_no_error (error);
  self->rate = fxp_experiment_get_settings (self->experiment)->rate;
  self->scratch = fxp_scratch_new ();
  self->team = self->keeps_gradients ? fxp_team_new (2) : NULL;
  self->network = fxp_network_new (self->experiment,
                                   &self->shape,
                                   self->n_classes,
                                   FALSE,
                                   self->scratch,
                                   self->team,
                                   &error);
  g_assert_no_error (error);
  if (self->keeps_gradients)
    fxp_network_keep_gradients (self->network);
}

/* Codes as the model writes them: integers in decimal, float32 as the bits behind an f. */
static char *
codes_to_text (const FxpTensor *tensor, gsize n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ' ');
      if (tensor->storage == FXP_STORAGE_F32)
        g_string_append_printf (text, "f%08x", ((const guint32 *)tensor->data)[fxp_tensor_find (tensor, i)]);
      else
        g_string_append_printf (text,
                                "%" G_GINT64_FORMAT,
                                fxp_format_get_code (tensor->format,
                                                     tensor->data,
                                                     fxp_tensor_find (tensor, i)));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const FxpTensor *
find_tensor (Run *self, guint layer, const char *nick)
{
  g_autoptr (GError) error = NULL;
  FxpRole role;

  g_assert_true (fxp_role_parse (nick, &role, &error));
  g_assert_no_error (error);
  return fxp_network_get_tensor (self->network, (FxpTensorId){(guint16)layer, (guint16)role});
}

static const FxpTensor *
find_learnt (Run *self, guint layer, const char *nick)
{
  for (guint what = 0; what < FXP_N_LEARNT; what++)
    if (strcmp (fxp_learnt_get_nick (what), nick) == 0)
      return fxp_network_get_learnt (self->network, layer, what);
  g_assert_not_reached ();
}

static gboolean
is_kept (Run *self, const char *nick)
{
  return self->keeps_gradients ||
         (strcmp (nick, "activation-grad") != 0 && strcmp (nick, "norm-grad") != 0);
}

/* "tensor STEP LAYER ROLE N DIGEST", "learnt STEP LAYER WHAT N DIGEST" */
static void
compare_tensor (Run *self, char **words)
{
  const guint layer = (guint)g_ascii_strtoull (words[2], NULL, 10) - 1;
  const gsize n = g_ascii_strtoull (words[4], NULL, 10);
  const FxpTensor *tensor = strcmp (words[0], "learnt") == 0 ? find_learnt (self, layer, words[3])
                                                             : find_tensor (self, layer, words[3]);
  g_autofree char *text = NULL, *digest = NULL;

  if (tensor == NULL)
    g_error ("%s: step %s, layer %s has no %s", self->name, words[1], words[2], words[3]);
  g_assert_cmpuint (tensor->n, >=, n);
  text = codes_to_text (tensor, n);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  digest[DIGEST_LENGTH] = '\0';
  if (strcmp (digest, words[5]) != 0)
    g_error ("%s: step %s, layer %s, %s differs from the model: %s",
             self->name,
             words[1],
             words[2],
             words[3],
             text);
  self->n_compared++;
}

static void
read_inputs (Run *self, char **words)
{
  const gsize n_words = g_strv_length (words);

  self->n_samples = g_ascii_strtoull (words[2], NULL, 10);
  g_free (self->inputs);
  self->inputs = g_new (double, n_words);
  for (gsize i = 3; i < n_words; i++)
    self->inputs[i - 3] = g_ascii_strtod (words[i], NULL) / 64.0;
}

static void
train_step (Run *self, char **words)
{
  const FxpStep step = {fxp_experiment_get_settings (self->experiment)->seed,
                        g_ascii_strtoull (words[1], NULL, 10),
                        (self->n_samples & 1) != 0};
  guint16 labels[16];

  g_assert_cmpuint (self->n_samples, <=, G_N_ELEMENTS (labels));
  for (gsize i = 0; i < self->n_samples; i++)
    labels[i] = (guint16)g_ascii_strtoull (words[2 + i], NULL, 10);
  take_whole_step (self->network,
                   self->inputs,
                   labels,
                   self->n_samples,
                   self->rate,
                   &step,
                   &self->result);
}

/* "loss STEP VALUE": the model's exponentials and logarithms are rounded correctly, the engine's
 * nearly so. */
static void
compare_loss (Run *self, char **words)
{
  const double expected = g_ascii_strtod (words[2], NULL);

  g_assert_cmpfloat_with_epsilon (self->result.loss, expected, 1e-13 * (1.0 + expected));
}

/* "logits VALUE...": bit for bit, as nothing but additions, products and quotients leads there. */
static void
compare_logits (Run *self, char **words)
{
  const FxpStep step = {fxp_experiment_get_settings (self->experiment)->seed,
                        FXP_STEP_EVALUATION,
                        FALSE};
  const gsize n = self->n_samples * fxp_network_get_n_outputs (self->network);
  const double *logits;

  g_assert_cmpuint (g_strv_length (words), ==, 1 + n);
  g_assert_true (fxp_network_forward (self->network, self->inputs, self->n_samples, &step));
  logits = fxp_network_get_logits (self->network);
  for (gsize i = 0; i < n; i++)
    if (logits[i] != g_ascii_strtod (words[1 + i], NULL))
      g_error ("%s: logit %zu in evaluation is %a, the model's %s",
               self->name,
               i,
               logits[i],
               words[1 + i]);
}

static void
compare_codes (Run *self, char **words)
{
  const FxpTensorId id = {(guint16)(g_ascii_strtoull (words[1], NULL, 10) - 1), FXP_ROLE_WEIGHT};
  const FxpTensor *tensor = fxp_network_get_tensor (self->network, id);
  g_autofree char *expected = g_strjoinv (" ", words + 2);
  g_autofree char *text = codes_to_text (tensor, tensor->n);

  g_assert_cmpstr (text, ==, expected);
}

static void
obey_line (Run *self, const char *line)
{
  g_auto (GStrv) words = NULL;

  if (g_str_has_prefix (line, "| "))
    {
      g_string_append (self->experiment_text, line + 2);
      g_string_append_c (self->experiment_text, '\n');
      return;
    }
  words = g_strsplit (line, " ", -1);
  if (strcmp (words[0], "config") == 0)
    {
      run_clear (self);
      self->name = g_strdup (words[1]);
      self->experiment_text = g_string_new (NULL);
    }
  else if (strcmp (words[0], "shape") == 0)
    {
      const gsize c = g_ascii_strtoull (words[1], NULL, 10);
      const gsize h = g_ascii_strtoull (words[2], NULL, 10);
      const gsize w = g_ascii_strtoull (words[3], NULL, 10);

      self->shape = h * w == 1 ? FXP_SHAPE_1 (c) : FXP_SHAPE_3 (c, h, w);
      self->n_classes = (guint)g_ascii_strtoull (words[4], NULL, 10);
    }
  else
    {
      ensure_network (self);
      if (strcmp (words[0], "tensor") == 0 || strcmp (words[0], "learnt") == 0)
        {
          if (is_kept (self, words[3]))
            compare_tensor (self, words);
        }
      else if (strcmp (words[0], "inputs") == 0)
        read_inputs (self, words);
      else if (strcmp (words[0], "labels") == 0)
        train_step (self, words);
      else if (strcmp (words[0], "loss") == 0)
        compare_loss (self, words);
      else if (strcmp (words[0], "logits") == 0)
        compare_logits (self, words);
      else if (strcmp (words[0], "codes") == 0)
        compare_codes (self, words);
      else
        g_error ("unknown line: %s", line);
    }
}

static void
follow_file (Run *run, const char *name, const char *prefix)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", name, NULL);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  gboolean mine = FALSE;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit_set (content, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      if (g_str_has_prefix (*line, "config "))
        mine = g_str_has_prefix (*line + strlen ("config "), prefix);
      if (mine && **line != '\0')
        obey_line (run, *line);
    }
}

static void
follow_runs (const char *prefix, gboolean keeps_gradients)
{
  Run run = {.keeps_gradients = keeps_gradients};

  follow_file (&run, "training.txt", prefix);
  follow_file (&run, "training-clusters.txt", prefix);
  follow_file (&run, "training-sign.txt", prefix);
  follow_file (&run, "training-updates.txt", prefix);
  /* An empty or renamed file must not pass. */
  g_assert_cmpuint (run.n_compared, >=, 90);
  run_clear (&run);
}

static void
test_runs (gconstpointer prefix)
{
  follow_runs (prefix, TRUE);
}

static void
test_shared_memory (gconstpointer prefix)
{
  follow_runs (prefix, FALSE);
}

int
main (int argc, char **argv)
{
  static const char *const prefixes[] = {
    "dense-nearest-even",
    "dense-nearest-away",
    "dense-floor",
    "dense-toward-zero",
    "dense-stochastic",
    "conv-nearest-even",
    "conv-nearest-away",
    "conv-floor",
    "conv-toward-zero",
    "conv-stochastic",
    "dense-fixed-bias",
    "dense-float-acc",
    "dense-float-weight",
    "dense-wide",
    "conv-fixed-bias",
    "conv-float-acc",
    "conv-float-weight",
    "conv-wide",
    "convolution",
    "pooling",
    "dropout",
    "norm",
    "residual",
    "momentum",
    "binarized",
    "hard-tanh",
    "clip",
    "ternary",
    "clusters",
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/network/golden/%s", prefixes[i]);
      g_autofree char *shared_path = g_strdup_printf ("/network/golden-shared/%s", prefixes[i]);

      g_test_add_data_func (path, prefixes[i], test_runs);
      g_test_add_data_func (shared_path, prefixes[i], test_shared_memory);
    }
  return g_test_run ();
}
