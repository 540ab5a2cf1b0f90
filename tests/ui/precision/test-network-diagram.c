/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/network-diagram.h"

static const FxpShape image = {.rank = 3, .dim = {3, 32, 32}};

static FxuNetworkDiagram *
make_diagram (const char *text, const FxpShape *input)
{
  g_autoptr (FxpTopology) topology = fxp_topology_parse (text, NULL);
  FxuNetworkDiagram *diagram = fxu_network_diagram_new ();

  g_assert_nonnull (topology);
  fxu_network_diagram_set_network (diagram, topology, input, FXP_ACTIVATION_RELU);
  return diagram;
}

static void
draw (FxuNetworkDiagram *diagram, int width, int height, gboolean dark)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  fxu_network_diagram_draw (diagram, cr, width, height, fxu_palette_get (dark, FALSE));
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* 16 filters of 3 x 3 x 3 over 32 x 32 pixels: 442,368 products, 432 weights; batch normalization
 * adds a scale and a shift per filter. */
static void
test_figures (void)
{
  g_autoptr (FxuNetworkDiagram) diagram = make_diagram ("16C3P-BN-GAP-10", &image);
  FxuVerdict verdict = {.health = FXU_HEALTH_OVER, .over = 0.25};
  g_autofree char *before = fxu_network_diagram_describe (diagram);
  g_autofree char *after = NULL;

  g_assert_cmpstr (before,
                   ==,
                   "conv1, 16 × 3²: output 16x32x32, 442 k multiply-accumulates, 464 parameters; "
                   "worst tensor: not measured yet");
  g_assert_true (fxu_network_diagram_set_verdict (diagram, 1, &verdict));
  g_assert_false (fxu_network_diagram_set_verdict (diagram, 1, &verdict));
  g_assert_false (fxu_network_diagram_set_verdict (diagram, 7, &verdict));
  fxu_network_diagram_select (diagram, 1);
  after = fxu_network_diagram_describe (diagram);
  g_assert_cmpstr (after,
                   ==,
                   "fc1, 10 units: output 10, 160 multiply-accumulates, 170 parameters; worst "
                   "tensor: 25 % overflow");
}

/* Every layer with weights has a box, one after the other, which is found where it is. */
static void
test_boxes (void)
{
  static const char *const texts[] = {
    "10",
    "8C3-MP2-16C5P/2-AP2-D20-32FC-10",
    "16C3P-BN-2xRES(16)-2xRES(32/2)-GAP-10",
    "16C3P-BN-2xRES(16)-2xRES(32/2,I)-2xRES(64/2,P3)-GAP-10",
  };

  for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      g_autoptr (FxpTopology) topology = fxp_topology_parse (texts[t], NULL);
      g_autoptr (FxuNetworkDiagram) diagram = make_diagram (texts[t], &image);
      double width, height;

      fxu_network_diagram_measure (diagram, &width, &height);
      for (guint i = 0; i < fxp_topology_get_n_weighted (topology); i++)
        {
          double begin, end;
          gboolean found = FALSE;

          g_assert_true (fxu_network_diagram_get_span (diagram, i, &begin, &end));
          g_assert_cmpfloat (begin, >=, 0.0);
          g_assert_cmpfloat (end, >, begin + 40.0);
          g_assert_cmpfloat (end, <=, width);
          for (double y = 0.0; y < height && !found; y += 4.0)
            {
              guint weighted = G_MAXUINT;

              found =
                fxu_network_diagram_find (diagram, height, (begin + end) / 2.0, y, &weighted) &&
                weighted == i;
            }
          g_assert_true (found);
        }
      draw (diagram, (int)width, (int)height, t % 2);
      draw (diagram, 20, 20, FALSE);
    }
}

/* What does not fit the data, and no network at all, leave it empty. */
static void
test_nothing (void)
{
  g_autoptr (FxuNetworkDiagram) diagram =
    make_diagram ("8C3-10", &(FxpShape){.rank = 1, .dim = {64}});
  g_autofree char *text = fxu_network_diagram_describe (diagram);
  double begin, end;

  g_assert_cmpstr (text, ==, "No network");
  g_assert_false (fxu_network_diagram_get_span (diagram, 0, &begin, &end));
  draw (diagram, 200, 100, FALSE);
  fxu_network_diagram_set_network (diagram, NULL, NULL, FXP_ACTIVATION_TANH);
  draw (diagram, 200, 100, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/precision/network-diagram/figures", test_figures);
  g_test_add_func ("/precision/network-diagram/boxes", test_boxes);
  g_test_add_func ("/precision/network-diagram/nothing", test_nothing);
  return g_test_run ();
}
