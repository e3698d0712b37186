package dev.orograph.report;

import com.google.javascript.jscomp.AbstractVar;
import com.google.javascript.jscomp.CheckLevel;
import com.google.javascript.jscomp.Compiler;
import com.google.javascript.jscomp.CompilerOptions;
import com.google.javascript.jscomp.CompilerOptions.LanguageMode;
import com.google.javascript.jscomp.DiagnosticGroup;
import com.google.javascript.jscomp.DiagnosticGroups;
import com.google.javascript.jscomp.JSError;
import com.google.javascript.jscomp.JsAst;
import com.google.javascript.jscomp.NodeTraversal;
import com.google.javascript.jscomp.NodeUtil;
import com.google.javascript.jscomp.Result;
import com.google.javascript.jscomp.SourceFile;
import com.google.javascript.jscomp.deps.ModuleLoader.ResolutionMode;
import com.google.javascript.rhino.Node;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads ECMAScript modules and says what is wrong with them, by the Closure Compiler's checks:
 * names that nothing declares or exports, names declared twice, values that nobody reads, code that
 * cannot run, and the like. Functions and exports that nobody uses it does not look for; they are
 * found here, in its syntax trees.
 */
final class ModuleLint {
  /** What a report may use of a browser, and of what stands in the page beside it. */
  private static final List<String> GLOBALS =
      List.of(
          "Array Blob Boolean CompressionStream DOMParser Error Float32Array Float64Array Infinity Intl JSON Map Math NaN Number"
              + " Object",
          "Promise RegExp Response Set String Symbol Uint8Array undefined",
          "IntersectionObserver Node ResizeObserver URL URLSearchParams XMLSerializer"
              + " addEventListener atob clearTimeout",
          "decodeURIComponent devicePixelRatio document getComputedStyle getSelection history location",
          "matchMedia navigator parseFloat parseInt requestAnimationFrame scrollY setTimeout window",
          "echarts");

  private static final List<DiagnosticGroup> CHECKS =
      List.of(
          DiagnosticGroups.UNDEFINED_VARIABLES,
          DiagnosticGroups.CHECK_VARIABLES,
          DiagnosticGroups.DUPLICATE_VARS,
          DiagnosticGroups.UNUSED_LOCAL_VARIABLE,
          DiagnosticGroups.EXTRA_REQUIRE,
          DiagnosticGroups.CONST,
          DiagnosticGroups.SUSPICIOUS_CODE,
          DiagnosticGroups.CHECK_USELESS_CODE,
          DiagnosticGroups.CHECK_REGEXP,
          DiagnosticGroups.ES5_STRICT,
          DiagnosticGroups.LINT_VAR_DECLARATIONS,
          DiagnosticGroups.DEBUGGER_STATEMENT_PRESENT,
          DiagnosticGroups.GLOBAL_THIS);

  private ModuleLint() {}

  /**
   * What is wrong, a line each, in the form {@code file.js:12: CODE words}; empty where nothing is.
   *
   * @param modules name of a module, without {@code .js}, to its text
   * @param root the module that runs last and exports nothing
   */
  static List<String> faults(Map<String, String> modules, String root) {
    List<SourceFile> files = new ArrayList<>();
    modules.forEach((name, text) -> files.add(SourceFile.fromCode(name + ".js", text)));
    List<String> faults = new ArrayList<>(byCompiler(files));
    faults.addAll(unused(files, root + ".js"));
    return faults;
  }

  private static List<String> byCompiler(List<SourceFile> files) {
    CompilerOptions options = new CompilerOptions();
    options.setChecksOnly(true);
    options.setLanguage(LanguageMode.ECMASCRIPT_2021);
    options.setEnvironment(CompilerOptions.Environment.CUSTOM);
    options.setModuleResolutionMode(ResolutionMode.BROWSER);
    options.setCheckSuspiciousCode(true);
    // Types would have to be written down.
    options.setWarningLevel(DiagnosticGroups.CHECK_TYPES, CheckLevel.OFF);
    // Warnings, not errors: an error ends the checks before all of them were made.
    CHECKS.forEach(check -> options.setWarningLevel(check, CheckLevel.WARNING));
    Compiler compiler =
        new Compiler(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    compiler.disableThreads();
    StringBuilder globals = new StringBuilder();
    for (String name : String.join(" ", GLOBALS).split(" ", -1)) {
      globals.append("var ").append(name).append(";\n");
    }
    Result result =
        compiler.compile(
            List.of(SourceFile.fromCode("globals.js", globals.toString())), files, options);
    List<String> faults = new ArrayList<>();
    for (List<JSError> errors : List.of(result.errors, result.warnings)) {
      for (JSError e : errors) {
        faults.add(
            e.getSourceName()
                + ":"
                + e.getLineNumber()
                + ": "
                + e.getType().key
                + " "
                + e.getDescription());
      }
    }
    return faults;
  }

  /** Functions that nothing calls or names, and exports that no module imports. */
  private static List<String> unused(List<SourceFile> files, String root) {
    Compiler compiler =
        new Compiler(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    CompilerOptions options = new CompilerOptions();
    options.setLanguage(LanguageMode.ECMASCRIPT_2021);
    compiler.initOptions(options);
    Map<String, Set<String>> imported = new HashMap<>();
    Map<String, Set<String>> exported = new HashMap<>();
    List<String> faults = new ArrayList<>();
    for (SourceFile file : files) {
      Uses uses = new Uses();
      NodeTraversal.traverse(compiler, new JsAst(file).getAstRoot(compiler), uses);
      uses.declared.forEach(
          (function, line) -> {
            if (!uses.used.contains(function)) {
              faults.add(file.getName() + ":" + line + ": UNUSED_FUNCTION " + function.getString());
            }
          });
      exported.put(file.getName(), uses.exported);
      uses.imported.forEach(
          (from, names) ->
              imported.computeIfAbsent(from.replace("./", ""), k -> new HashSet<>()).addAll(names));
    }
    exported.forEach(
        (file, names) -> {
          for (String name : names) {
            if (!imported.getOrDefault(file, Set.of()).contains(name)) {
              faults.add(file + ": UNUSED_EXPORT " + name);
            }
          }
          if (!file.equals(root) && !imported.containsKey(file)) {
            faults.add(file + ": UNUSED_FILE");
          }
        });
    return faults;
  }

  /** What a module declares, uses, imports and exports. */
  private static final class Uses extends NodeTraversal.AbstractPostOrderCallback {
    private final Map<Node, Integer> declared = new HashMap<>();
    private final Set<Node> used = new HashSet<>();
    private final Set<String> exported = new TreeSet<>();
    private final Map<String, Set<String>> imported = new HashMap<>();

    @Override
    public void visit(NodeTraversal t, Node n, Node parent) {
      if (n.isImport()) {
        Set<String> names =
            imported.computeIfAbsent(n.getLastChild().getString(), k -> new HashSet<>());
        if (n.getSecondChild().isImportSpecs()) {
          for (Node s = n.getSecondChild().getFirstChild(); s != null; s = s.getNext()) {
            names.add(s.getFirstChild().getString());
          }
        }
      } else if (n.isExport()) {
        Node what = n.getFirstChild();
        exported.add(what.getFirstChild().getString());
      } else if (n.isName() && parent.isFunction() && parent.getFirstChild() == n) {
        if (NodeUtil.isFunctionDeclaration(parent) && !parent.getParent().isExport()) {
          declared.put(n, n.getLineno());
        }
      } else if (n.isName()) {
        AbstractVar<?, ?> var = t.getScope().getVar(n.getString());
        // What a function calls itself does not count.
        if (var != null && !n.isDescendantOf(var.getNameNode().getParent())) {
          used.add(var.getNameNode());
        }
      }
    }
  }
}
