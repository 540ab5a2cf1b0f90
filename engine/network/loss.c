/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/loss-private.h"
#include "number/elementary.h"

void
fxp_loss_compute (const double *logits,
                  const guint16 *labels,
                  gsize n,
                  gsize n_classes,
                  double *gradient,
                  FxpStepResult *result)
{
  double total = 0.0;

  result->n_correct = 0;
  for (gsize sample = 0; sample < n; sample++)
    {
      const double *z = logits + sample * n_classes;
      double *g = gradient + sample * n_classes;
      gsize label = labels[sample], best = fxp_loss_get_choice (z, n_classes);
      double sum = 0.0;

      for (gsize i = 0; i < n_classes; i++)
        {
          g[i] = fxp_exp (z[i] - z[best]);
          sum += g[i];
        }
      for (gsize i = 0; i < n_classes; i++)
        {
          double share = g[i] / sum;

          g[i] = (share - (i == label ? 1.0 : 0.0)) / n;
        }
      total += fxp_log (sum) - (z[label] - z[best]);
      result->n_correct += best == label;
    }
  result->loss = total / n;
}
