// The four worked examples that a base model is asked with, in the form of Minerva's prompt (arXiv 2206.14858, appendix D.2): "Problem:",
// "Solution:", and a last line that the answer is read from. The form is the protocol's; the four problems are our own (a domain, a
// determinant, a word problem, a system: the same four kinds as the usual ones, which are MATH's own training problems), and in none of our sets.

/** How a problem is asked. */
export const MINERVA_TEMPLATE = 'Problem:\n{question}\n\nSolution:';

/** The line that ends a solution. */
export const finalAnswerLine = (answer: string): string => `Final Answer: The final answer is $${answer}$. I hope it is correct.`;

const shot = (question: string, working: string, answer: string) => ({ question, answer: `${working}\n${finalAnswerLine(answer)}` });

export const minervaShots = [
  shot(
    String.raw`What is the domain of the function $g(t) = \frac{\sqrt{t+4}}{\sqrt{9-t}}$? Give your answer as an interval.`,
    String.raw`A square root needs what is under it to be at least $0$, so $t + 4 \ge 0$ and $9 - t \ge 0$. The second root stands below the fraction line, so it must not be $0$ either, and $t < 9$. Together, $-4 \le t < 9$, which is the interval $\boxed{[-4,9)}$.`,
    '[-4,9)',
  ),
  shot(
    String.raw`The matrices $\mathbf{P}$ and $\mathbf{Q}$ have two rows and two columns, with $\det \mathbf{P} = 5$ and $\det \mathbf{Q} = -3$. Find $\det(\mathbf{P}\mathbf{Q}^2)$.`,
    String.raw`The determinant of a product is the product of the determinants, so $\det(\mathbf{P}\mathbf{Q}^2) = \det \mathbf{P} \cdot (\det \mathbf{Q})^2 = 5 \cdot 9 = \boxed{45}$.`,
    '45',
  ),
  shot(
    'A van carries 14 crates of 36 kilograms each. Another van carries the same load in crates of 24 kilograms each. How many crates does the second van carry?',
    String.raw`The load is $14 \cdot 36 = 504$ kilograms. In crates of $24$ kilograms that makes $504 / 24 = \boxed{21}$ crates.`,
    '21',
  ),
  shot(
    String.raw`The equations \begin{align*} 4x - 6y &= p, \\ 9y - 6x &= q \end{align*} have a common solution $(x, y)$ with $x$ and $y$ both nonzero. Given that $q$ is nonzero, what is $\frac{p}{q}$?`,
    String.raw`Multiplying the first equation by $-\frac{3}{2}$ gives $9y - 6x = -\frac{3}{2}p$. The left side is $q$, so $q = -\frac{3}{2}p$ and $\frac{p}{q} = \boxed{-\frac{2}{3}}$.`,
    String.raw`-\frac{2}{3}`,
  ),
] as const;
