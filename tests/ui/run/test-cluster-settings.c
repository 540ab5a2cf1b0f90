/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "precision/cluster-text.h"
#include "run/cluster-settings.h"

/* The label of that text that can be seen, or NULL. */
static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *label = find_label (child, text);

      if (label != NULL)
        return label;
    }
  return NULL;
}

/* Which rows there are with each kind of method. */
static void
test_rows (void)
{
  static const char *const rows[] = {
    "Bits",
    "Scale of each",
    "N",
    "Steps",
    "Scales for + and - apart",
    "Last layer",
  };
  static const struct
  {
    const char *method, *granularity;
    const char *shown; /* of the rows, in order */
  } cases[] = {
    {"none", "kernels", "------"},
    {"opt", "kernels", "-xxxxx"},
    {"hier", "filter", "-x-xxx"},
    {"linear", "weights", "xxx--x"},
    {"power", "layer", "xx---x"},
  };
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *settings = fxu_cluster_settings_new (session);
  GtkWidget *window = display_show (settings, 240, 400);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fxu_session_set_value (session, "clusters.method", cases[i].method);
      fxu_session_set_value (session, "clusters.granularity", cases[i].granularity);
      g_assert_nonnull (find_label (settings, "Method"));
      for (gsize k = 0; k < G_N_ELEMENTS (rows); k++)
        g_assert_true ((find_label (settings, rows[k]) != NULL) == (cases[i].shown[k] == 'x'));
    }
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

/* What a layer's weights are, very short and in words. */
static void
test_text (void)
{
  static const struct
  {
    guint layer;
    const char *changes[9];
    const char *brief, *words;
  } cases[] = {
    {1, {NULL}, NULL, NULL},
    {0, {"clusters.method", "opt", NULL}, "as 8-bit", "products use it as words of 8 bits"},
    {1,
     {"clusters.method", "opt", NULL},
     "2-bit × α",
     "products use codes of 2 bits times a scale for every 4 kernels of a unit"},
    {1,
     {"clusters.method", "opt", "clusters.terms", "3", "clusters.size", "1", NULL},
     "3 × 2-bit × α",
     "products use codes of 2 bits times a scale for every kernel"},
    {1,
     {"clusters.method", "linear", "clusters.bits", "4", "clusters.granularity", "filter", NULL},
     "4-bit × α",
     "products use codes of 4 bits times a scale for every unit"},
    {2, {"clusters.method", "opt", "clusters.last", "float", NULL}, NULL, NULL},
    {2,
     {"clusters.method", "opt", "clusters.last", "8", NULL},
     "as 8-bit",
     "products use it as words of 8 bits"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpExperiment *experiment = fxp_experiment_new ();
      g_autofree char *brief = NULL;
      g_autofree char *words = NULL;

      for (guint k = 0; cases[i].changes[k] != NULL; k += 2)
        {
          g_autoptr (FxpExperiment) old = experiment;

          experiment =
            fxp_experiment_with_value (old, cases[i].changes[k], cases[i].changes[k + 1], NULL);
          g_assert_nonnull (experiment);
        }
      brief = fxu_cluster_text_get_brief (experiment, cases[i].layer);
      words = fxu_cluster_text_get_words (experiment, cases[i].layer);
      g_assert_cmpstr (brief, ==, cases[i].brief);
      g_assert_cmpstr (words, ==, cases[i].words);
      fxp_experiment_unref (experiment);
    }
}

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  g_test_add_func ("/run/cluster-settings/rows", test_rows);
  g_test_add_func ("/run/cluster-settings/text", test_text);
  return g_test_run ();
}
