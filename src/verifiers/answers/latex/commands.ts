// Commands by what becomes of them: which only set their argument upright, which say nothing, which are blanks, which end a factor, which are a symbol.

/** Their argument is text or an upright name. */
export const upright = new Set([
  ...'text mbox textbf textit textrm textnormal texttt mathrm mathbf mathit operatorname hbox rm bf mathsf emph bm'.split(' '),
  ...'boldsymbol vec mathcal operatorname* textup'.split(' '),
]);

/** They change only how something looks. */
export const silent = new Set([
  ...'left right displaystyle big Big bigl bigr Bigl Bigr bigg Bigg limits nolimits boxed fbox textstyle middle'.split(' '),
  ...'biggl biggr mathop mathbin mathopen mathclose hfill noindent ensuremath scriptstyle tiny small large Large'.split(' '),
]);

/** They are blank space. */
export const blanks = new Set([
  ...'! , ; : > quad qquad space thinspace enspace medspace hspace mathstrut strut phantom checkmark blacksquare qed'.split(' '),
  ' ',
  '\n',
]);

/** No factor begins with them. */
export const separators = new Set([
  ...'land lor mid end rfloor rceil rangle rvert rVert over choose pm mp bmod mod pmod colon not circ degree implies'.split(' '),
  ...'hline cr newline rbrace'.split(' '),
]);

/** Letters by their name, and signs used as letters. */
export const greek = new Set([
  ...'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau'.split(' '),
  ...'upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega hbar star diamond'.split(' '),
  ...'clubsuit square top bot aleph partial nabla'.split(' '),
]);
