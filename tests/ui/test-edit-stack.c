/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "edit-stack.h"

static FxpExperiment *
make (const char *rate)
{
  g_autoptr (FxpExperiment) plain = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  FxpExperiment *experiment = fxp_experiment_with_value (plain, "training.rate", rate, &error);

  g_assert_no_error (error);
  return experiment;
}

static void
test_steps (void)
{
  g_autoptr (FxpExperiment) a = make ("0.1");
  g_autoptr (FxpExperiment) b = make ("0.2");
  g_autoptr (FxpExperiment) c = make ("0.3");
  g_autoptr (FxuEditStack) stack = fxu_edit_stack_new (a);

  g_assert_false (fxu_edit_stack_undo (stack));
  fxu_edit_stack_push (stack, b);
  fxu_edit_stack_push (stack, c);
  g_assert_true (fxu_edit_stack_undo (stack));
  g_assert_true (fxu_edit_stack_get_current (stack) == b);
  g_assert_true (fxu_edit_stack_undo (stack));
  g_assert_true (fxu_edit_stack_get_current (stack) == a);
  g_assert_true (fxu_edit_stack_redo (stack));
  g_assert_true (fxu_edit_stack_get_current (stack) == b);

  /* A new step cuts the way forward. */
  fxu_edit_stack_push (stack, a);
  g_assert_false (fxu_edit_stack_can_redo (stack));
}

static void
test_group (void)
{
  g_autoptr (FxpExperiment) a = make ("0.1");
  g_autoptr (FxpExperiment) b = make ("0.2");
  g_autoptr (FxpExperiment) c = make ("0.3");
  g_autoptr (FxuEditStack) stack = fxu_edit_stack_new (a);

  fxu_edit_stack_begin (stack);
  fxu_edit_stack_begin (stack);
  fxu_edit_stack_push (stack, b);
  fxu_edit_stack_end (stack);
  fxu_edit_stack_push (stack, c);
  g_assert_false (fxu_edit_stack_can_undo (stack));
  fxu_edit_stack_end (stack);
  g_assert_true (fxu_edit_stack_undo (stack));
  g_assert_true (fxu_edit_stack_get_current (stack) == a);
  g_assert_false (fxu_edit_stack_can_undo (stack));
}

static void
test_retreat (void)
{
  g_autoptr (FxpExperiment) a = make ("0.1");
  g_autoptr (FxpExperiment) b = make ("0.2");
  g_autoptr (FxpExperiment) c = make ("0.3");
  g_autoptr (FxuEditStack) stack = fxu_edit_stack_new (a);

  fxu_edit_stack_push (stack, b);
  fxu_edit_stack_push (stack, c);
  fxu_edit_stack_retreat (stack, b);
  g_assert_true (fxu_edit_stack_get_current (stack) == b);
  g_assert_true (fxu_edit_stack_undo (stack));
  g_assert_true (fxu_edit_stack_get_current (stack) == a);

  /* What undo led to does not work: what was undone is back. */
  fxu_edit_stack_retreat (stack, b);
  g_assert_true (fxu_edit_stack_get_current (stack) == b);
  g_assert_false (fxu_edit_stack_can_redo (stack));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edit-stack/steps", test_steps);
  g_test_add_func ("/edit-stack/group", test_group);
  g_test_add_func ("/edit-stack/retreat", test_retreat);
  return g_test_run ();
}
