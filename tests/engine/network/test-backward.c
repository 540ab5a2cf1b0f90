/* SPDX-License-Identifier: MIT */
/* The float twin's gradients against tests/golden/backward.txt: what automatic differentiation in
 * float64 says, from the same weights and inputs. */
#include "config.h"

#include "trial.h"

#include <math.h>
#include <string.h>

/* What float32 arithmetic may be off, relative to the size of the whole tensor. */
#define TOLERANCE 1e-4

/* One network of the file under way. */
typedef struct
{
  FxpShape shape;
  guint n_classes;
  char *topology;
  char *activation;
  Trial *trial;
  double loss;
  guint n_compared;
} Run;

static void
run_clear (Run *self)
{
  g_clear_pointer (&self->trial, trial_free);
  g_clear_pointer (&self->topology, g_free);
  g_clear_pointer (&self->activation, g_free);
}

static guint
read_count (const char *word)
{
  return (guint)g_ascii_strtoull (word, NULL, 10);
}

/* The numbers of @words, of which there must be @n. */
static double *
read_values (char **words, gsize n)
{
  double *values = g_new (double, n);

  g_assert_cmpuint (g_strv_length (words), ==, n);
  for (gsize i = 0; i < n; i++)
    values[i] = g_ascii_strtod (words[i], NULL);
  return values;
}

/* "inputs N VALUE...".  Momentum is there because what it has gathered after one step are the
 * gradients of what is not in the precision matrix. */
static void
read_inputs (Run *self, char **words)
{
  const char *changes[] = {
    "network.topology",
    self->topology,
    "network.activation",
    self->activation,
    "training.momentum",
    "0.5",
    NULL,
  };
  const gsize n = read_count (words[1]);
  Trial *trial = trial_new (changes, &self->shape, self->n_classes, n, TRUE, 0);

  fxp_network_keep_gradients (trial->network);
  g_free (trial->inputs);
  trial->inputs = read_values (words + 2, n * trial->n_features);
  self->trial = trial;
}

static void
read_labels (Run *self, char **words)
{
  for (gsize i = 0; i < self->trial->n; i++)
    self->trial->labels[i] = (guint16)read_count (words[1 + i]);
}

static FxpLearnt
parse_learnt (const char *nick)
{
  for (guint what = 0; what < FXP_N_LEARNT; what++)
    if (strcmp (fxp_learnt_get_nick (what), nick) == 0)
      return what;
  g_error ("backward.txt: unknown name %s", nick);
}

/* "learnt LAYER WHAT VALUE..." */
static void
read_learnt (Run *self, char **words)
{
  const guint layer = read_count (words[1]) - 1;
  const FxpLearnt what = parse_learnt (words[2]);
  const FxpTensor *tensor = trial_get_learnt (self->trial, layer, what);
  g_autofree double *values = NULL;

  g_assert_nonnull (tensor);
  values = read_values (words + 3, tensor->n);
  trial_set_learnt (self->trial, layer, what, values);
}

/* "loss VALUE": all is in place, the step can be taken. */
static void
take_step (Run *self, char **words)
{
  self->loss = g_ascii_strtod (words[1], NULL);
  g_assert_cmpfloat_with_epsilon (trial_train (self->trial, 1.0).loss,
                                  self->loss,
                                  TOLERANCE * self->loss);
}

static const FxpTensor *
find_gradient (Run *self, guint layer, const char *what)
{
  g_autofree char *gathered = g_strconcat (what, "-momentum", NULL);

  if (strcmp (what, "weight") == 0)
    return trial_get_tensor (self->trial, layer, FXP_ROLE_WEIGHT_GRAD);
  if (strcmp (what, "activation-grad") == 0)
    return trial_get_tensor (self->trial, layer, FXP_ROLE_ACTIVATION_GRAD);
  if (strcmp (what, "norm-grad") == 0)
    return trial_get_tensor (self->trial, layer, FXP_ROLE_NORM_GRAD);
  return trial_get_learnt (self->trial, layer, parse_learnt (gathered));
}

/* "gradient LAYER WHAT VALUE..." */
static void
compare_gradient (Run *self, char **words)
{
  const FxpTensor *tensor = find_gradient (self, read_count (words[1]) - 1, words[2]);
  const gsize n = g_strv_length (words + 3);
  g_autofree double *expected = read_values (words + 3, n);
  g_autofree double *values = NULL;
  double error = 0.0, size = 0.0;
  gsize worst = 0;

  if (tensor == NULL)
    g_error ("%s: layer %s has no gradient of %s", self->topology, words[1], words[2]);
  g_assert_cmpuint (tensor->n, ==, n);
  values = trial_decode (tensor);
  for (gsize i = 0; i < n; i++)
    {
      error += (values[i] - expected[i]) * (values[i] - expected[i]);
      size += expected[i] * expected[i];
      if (fabs (values[i] - expected[i]) > fabs (values[worst] - expected[worst]))
        worst = i;
    }
  if (!(sqrt (error) <= TOLERANCE * sqrt (size)))
    g_error ("%s: layer %s, gradient of %s is off by %g of its size; most at element %zu, which "
             "is %g instead of %g",
             self->topology,
             words[1],
             words[2],
             sqrt (error / size),
             worst,
             values[worst],
             expected[worst]);
  self->n_compared++;
}

static void
obey_line (Run *self, char **words)
{
  if (strcmp (words[0], "shape") == 0)
    {
      const gsize c = read_count (words[1]), h = read_count (words[2]), w = read_count (words[3]);

      self->shape = h * w == 1 ? FXP_SHAPE_1 (c) : FXP_SHAPE_3 (c, h, w);
      self->n_classes = read_count (words[4]);
    }
  else if (strcmp (words[0], "topology") == 0)
    self->topology = g_strdup (words[1]);
  else if (strcmp (words[0], "activation") == 0)
    self->activation = g_strdup (words[1]);
  else if (strcmp (words[0], "inputs") == 0)
    read_inputs (self, words);
  else if (strcmp (words[0], "labels") == 0)
    read_labels (self, words);
  else if (strcmp (words[0], "learnt") == 0)
    read_learnt (self, words);
  else if (strcmp (words[0], "loss") == 0)
    take_step (self, words);
  else if (strcmp (words[0], "gradient") == 0)
    compare_gradient (self, words);
  else
    g_error ("backward.txt: unknown line: %s", words[0]);
}

/* The lines behind "config NAME", up to the next. */
static void
test_network (gconstpointer data)
{
  char **lines = (char **)data;
  Run run = {0};

  for (char **line = lines; **line != '\0' && !g_str_has_prefix (*line, "config "); line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", -1);

      obey_line (&run, words);
    }
  /* Every layer has a gradient of weights and one of what is added behind them. */
  g_assert_cmpuint (run.n_compared, >=, 2 * fxp_network_get_n_weighted (run.trial->network));
  run_clear (&run);
}

int
main (int argc, char *argv[])
{
  g_autofree char *path = NULL, *content = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint n_networks = 0;

  g_test_init (&argc, &argv, NULL);
  path = g_test_build_filename (G_TEST_DIST, "golden", "backward.txt", NULL);
  if (!g_file_get_contents (path, &content, NULL, &error))
    g_error ("%s", error->message);
  lines = g_strsplit_set (content, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "config "))
      {
        g_autofree char *name =
          g_strconcat ("/network/backward/", *line + strlen ("config "), NULL);

        g_test_add_data_func (name, line + 1, test_network);
        n_networks++;
      }
  g_assert_cmpuint (n_networks, >=, 10);
  return g_test_run ();
}
