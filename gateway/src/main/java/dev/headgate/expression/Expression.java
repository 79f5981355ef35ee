package dev.headgate.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.Program;
import dev.headgate.config.Nearest;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A CEL expression, compiled. Immutable and used by all loops.
 *
 * <p>Its cost is bounded when it is compiled: by its length, its depth, the number of steps of its
 * comprehensions, and the size of its regular expressions, which take linear time (RE2).
 */
public final class Expression {
  /** The longest expression, in characters. */
  public static final int LONGEST = 4096;

  private final String source;
  private final Program program;

  /** Why a text is no expression. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    private final String hint;

    Malformed(String message, String hint) {
      super(message, null, false, false);
      this.hint = hint;
    }

    /** What the user may do about it; may be empty. */
    public String hint() {
      return hint;
    }
  }

  /** An expression could not be evaluated, as when it asks for a field that is not there. */
  public static final class Undecided extends Exception {
    private static final long serialVersionUID = 1L;

    Undecided(String message) {
      super(message, null, false, false);
    }
  }

  /** What compiles and plans; loaded only by those who write expressions, as it takes a while. */
  private static final class Cel {
    static final CelCompiler COMPILER;
    static final CelRuntime RUNTIME;

    static {
      CelOptions options =
          CelOptions.current()
              .maxExpressionCodePointSize(LONGEST)
              .maxParseRecursionDepth(32)
              .maxParseExpressionNodeCount(1000)
              .comprehensionMaxIterations(1000)
              .maxRegexProgramSize(1000)
              .enableHeterogeneousNumericComparisons(true)
              .enableOptionalSyntax(true)
              .build();
      CelCompilerBuilder compiler =
          CelCompilerFactory.standardCelCompilerBuilder()
              .setOptions(options)
              .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
              .addLibraries(CelExtensions.optional(), CelExtensions.strings())
              .addFunctionDeclarations(InNetwork.DECLARATION);
      for (Variable variable : Variable.values()) {
        compiler.addVar(variable.path(), variable.type());
      }
      COMPILER = compiler.build();
      RUNTIME =
          CelRuntimeFactory.plannerRuntimeBuilder()
              .setOptions(options)
              .addLibraries(CelExtensions.optional(), CelExtensions.strings())
              .addFunctionBindings(InNetwork.BINDING)
              .build();
    }
  }

  private Expression(String source, Program program) {
    this.source = source;
    this.program = program;
  }

  /** Compiles an expression that is true or false. */
  public static Expression condition(String source) throws Malformed {
    return compile(source, SimpleType.BOOL, "true or false", "compare it with something");
  }

  /** Compiles an expression that gives a whole number. */
  public static Expression wholeNumber(String source) throws Malformed {
    return compile(source, SimpleType.INT, "a whole number", "as in 'request.size > 1000 ? 5 : 1'");
  }

  private static Expression compile(String source, CelType result, String expected, String hint)
      throws Malformed {
    CelValidationResult checked = Cel.COMPILER.compile(source);
    if (checked.hasError()) {
      throw malformed(source, checked.getErrors().getFirst());
    }
    try {
      CelAbstractSyntaxTree tree = checked.getAst();
      if (!tree.getResultType().equals(result) && !tree.getResultType().equals(SimpleType.DYN)) {
        throw new Malformed("this is not " + expected, hint);
      }
      return new Expression(source, Cel.RUNTIME.createProgram(tree));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new Malformed(String.valueOf(e.getMessage()), "");
    }
  }

  private static Malformed malformed(String source, CelIssue issue) {
    String message = issue.getMessage();
    int column = issue.getSourceLocation().getColumn();
    String where = "at character " + (column + 1) + ": ";
    if (!message.startsWith("undeclared reference") || column < 0 || column > source.length()) {
      return new Malformed(where + message, "");
    }
    int end = column;
    while (end < source.length() && isPath(source.charAt(end))) {
      end++;
    }
    String name = source.substring(column, end);
    List<String> names = Arrays.stream(Variable.values()).map(Variable::path).toList();
    String near = Nearest.hint(name, names);
    return new Malformed(
        where + "nothing is called '" + name + "'",
        near.isEmpty() ? "there are " + String.join(", ", names) : near);
  }

  private static boolean isPath(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '_';
  }

  /** As it was written. */
  public String source() {
    return source;
  }

  /**
   * Whether the condition holds.
   *
   * @throws Undecided if it cannot be said; what that means is the caller's to decide
   */
  public boolean test(Exchange exchange, Loop loop) throws Undecided {
    if (result(exchange, loop) instanceof Boolean truth) {
      return truth;
    }
    throw new Undecided("it is neither true nor false");
  }

  /**
   * The number that the expression gives.
   *
   * @throws Undecided if it gives none; what that means is the caller's to decide
   */
  public long number(Exchange exchange, Loop loop) throws Undecided {
    if (result(exchange, loop) instanceof Long number) {
      return number;
    }
    throw new Undecided("it is no whole number");
  }

  private Object result(Exchange exchange, Loop loop) throws Undecided {
    try {
      return program.eval(name -> value(name, exchange, loop));
    } catch (CelEvaluationException e) {
      throw new Undecided(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Object> value(String name, Exchange exchange, Loop loop) {
    Variable variable = Variable.named(name);
    return variable == null ? Optional.empty() : Optional.of(variable.of(exchange, loop));
  }

  @Override
  public String toString() {
    return source;
  }
}
